"""Build the HTML book: run what changed, in parallel, then render with warnings as errors.

    python tools/build_book.py

A notebook is run again when its code changed, when the package code that it uses changed, or when pictures that it drew
are gone. Prints the path of the first page.
"""

import hashlib
import json
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

from dlbook_utils.frames import EXPLORABLE_MIME
from dlbook_utils.show import FIGURE_MIME
from notebooks import ROOT, all_notebooks, read, run

BUILD = ROOT / "_build"
CACHE = BUILD / ".jupyter_cache"
FRAMES = BUILD / "frames"
PACKAGE = ROOT / "dlbook_utils"
FIRST_PAGE = BUILD / "html" / "index.html"
REDIRECT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta http-equiv="refresh" content="0; url=book/index.html"><title>Deep Learning, Run</title></head>
<body><main><h1>Deep Learning, Run</h1><p><a href="book/index.html">Go to the first page</a></p></main></body></html>
"""
# These have no part in what a notebook draws into a file.
NOT_RUN = {"sphinx_extension.py", "live.py", "progress.py", "limits.py", "track.py"}


def package_state(notebook_path):
    """Return a fingerprint of the package code that a notebook's outputs depend on."""
    chapter = f"chapter_{notebook_path.name[:2]}.py"
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name in NOT_RUN or (path.parent.name == "checkers" and path.name not in (chapter, "__init__.py")):
            continue
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_fresh(cache, path, notebook):
    """Tell whether the cache holds a run of this notebook that is still good."""
    try:
        record = cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    if record.data.get("package") != package_state(path):
        return False
    return all((FRAMES / name).exists() for name in used_images(cache.get_cache_bundle(record.pk).nb))


def used_images(notebook):
    """Yield the names of the pictures that a notebook's outputs refer to."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for mime, content in output.get("data", {}).items():
                if mime in (EXPLORABLE_MIME, FIGURE_MIME):
                    content = content if isinstance(content, dict) else json.loads(content)
                    yield from content.get("frames", [content.get("source")])


def execute(path):
    """Run a notebook so that its pictures are drawn into files; return it with the seconds it took, or the error."""
    started = time.monotonic()
    notebook = read(path)
    try:
        run(notebook, path.parent, {"DLBOOK_FRAMES": str(FRAMES)})
    except Exception as error:  # in a cell, or of the kernel: all notebooks are tried before the build gives up
        return path, None, f"{path.name}: {error}"
    return path, notebook, time.monotonic() - started


def refresh_cache(paths):
    """Run every one of these notebooks that is not fresh. Returns the number of notebooks that failed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    cache = get_cache(CACHE)
    stale = [path for path in paths if not is_fresh(cache, path, read(path))]
    print(f"{len(stale)} of {len(paths)} notebooks to run", flush=True)
    failed = 0
    with ProcessPoolExecutor() as pool:
        for path, notebook, outcome in pool.map(execute, stale):
            if notebook is None:
                print(outcome, file=sys.stderr)
                failed += 1
                continue
            print(f"{path.name}: {outcome:.0f} s", flush=True)
            data = {"execution_seconds": outcome, "package": package_state(path)}
            bundle = CacheBundleIn(notebook, str(path), data=data)
            forget_runs(cache, path)
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            if not is_fresh(cache, path, read(path)):
                print(f"{path.name} changed while it ran; build again", file=sys.stderr)
                failed += 1
    return failed


def forget_runs(cache, path):
    """Drop earlier runs of a notebook from the cache."""
    for record in cache.list_cache_records():
        if record.uri == str(path):
            cache.remove_cache(record.pk)


def forget_old_frames():
    """Delete pictures that no cached notebook uses."""
    cache = get_cache(CACHE)
    used = {name for r in cache.list_cache_records() for name in used_images(cache.get_cache_bundle(r.pk).nb)}
    for path in FRAMES.glob("*"):
        if path.name not in used:
            path.unlink()


def render():
    """Let Jupyter Book make the pages; a warning is an error. Returns its exit code."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", str(ROOT), "--path-output", str(ROOT)]
    command += ["--warningiserror", "--keep-going", "--quiet"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        print(result.stdout[-4000:], result.stderr[-4000:], sep="\n", file=sys.stderr)
        return result.returncode
    FIRST_PAGE.write_text(REDIRECT, encoding="utf-8")  # in place of Jupyter Book's, which has neither title nor policy
    return 0


def main():
    """Build the book and print where it begins."""
    FRAMES.mkdir(parents=True, exist_ok=True)
    if failed := refresh_cache(all_notebooks()):
        print(f"{failed} notebooks failed; the book was not built", file=sys.stderr)
        return 1
    if code := render():
        return code
    forget_old_frames()
    print(f"The book is built. Open {FIRST_PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
