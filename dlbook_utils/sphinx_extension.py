"""The HTML book: explorables with frames in place of a kernel, and pictures with their text alternatives.

Named in ``_config.yml``. Frames are written to a folder while the notebooks run; here they become HTML and are copied
beside the pages.
"""

import base64
import hashlib
import html
import importlib
import json
import os
import re
import shutil
from pathlib import Path

from docutils import nodes

from dlbook_utils.frames import EXPLORABLE_MIME
from dlbook_utils.show import FIGURE_MIME

__all__ = [
    "FigureRenderer",
    "copy_mathjax",
    "first_state",
    "join_script",
    "render_explorable",
    "render_figure",
    "setup",
]

STATIC = Path(__file__).parent / "static"
MATHJAX_PARTS = (
    "tex-chtml.js",
    "input/tex/extensions",
    "output/chtml/fonts/woff-v2",
)  # of 24 MB; formulas in HTML need no more
# An icon in the theme's script: its name, its size, its outline.
ICON = re.compile(r'(?:"([a-z0-9-]+)"|\b([A-Za-z0-9_$]+)):\[\d+,\d+,\[[^\]]*\],"[0-9a-f]+",(?:"[^"]*"|\[[^\]]*\])\],?')
FRAMES = "frames"  # the folder beside the pages
NO_SCRIPT = "This picture has controls. They need JavaScript; without it you see the first state only."


class FigureRenderer:
    """Tells MyST-NB how our two kinds of output become HTML."""

    mime_priority_overrides = (("html", EXPLORABLE_MIME, 1), ("html", FIGURE_MIME, 1))

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Return the nodes for an output of ours, None for any other."""
        if inline or data.mime_type not in (EXPLORABLE_MIME, FIGURE_MIME):
            return None
        content = data.content if isinstance(data.content, dict) else json.loads(data.string)
        env = renderer.renderer.sphinx_env
        folder = "../" * env.docname.count("/") + FRAMES
        used = env.metadata[env.docname].setdefault("dlbook_frames", [])
        if data.mime_type == FIGURE_MIME:
            used.append(content["source"])
            return [nodes.raw("", render_figure(content, folder), format="html")]
        used.extend(content["frames"])
        return [nodes.raw("", render_explorable(content, folder), format="html")]


def render_figure(figure, folder):
    """Return the HTML of a still picture."""
    return (
        f'<figure class="dlbook-figure"><img src="{folder}/{figure["source"]}" alt="{html.escape(figure["alt"])}" '
        f'width="{figure["width"]}" height="{figure["height"]}" loading="lazy"></figure>'
    )


def render_explorable(explorable, folder):
    """Return the HTML of an explorable in its first state; the script makes its controls."""
    start = first_state(explorable)
    title, sentence = html.escape(explorable["title"]), html.escape(explorable["sentences"][start])
    data = json.dumps(explorable | {"folder": folder}, ensure_ascii=False, separators=(",", ":")).replace(
        "<", "\\u003c"
    )
    name, width, height = explorable["name"], explorable["width"], explorable["height"]
    return f"""<figure class="dlbook-explorable" id="{name}" role="group" aria-labelledby="{name}-title">
<div class="dlbook-title" id="{name}-title">{title}</div>
<noscript><p>{NO_SCRIPT}</p></noscript>
<div class="dlbook-picture"><img src="{folder}/{explorable["frames"][start]}" alt="{title}. {sentence}" width="{width}" \
height="{height}" loading="lazy"></div>
<figcaption aria-live="polite">{sentence}</figcaption>
<script type="application/json">{data}</script>
</figure>"""


def first_state(explorable):
    """Return the number of the frame that is shown first."""
    number = 0
    for parameter in explorable["parameters"]:
        number = number * len(parameter["values"]) + parameter["start"]
    return number


def frames_folder(app):
    """Return the folder that notebooks write frames to while they run."""
    return Path(os.environ.setdefault("DLBOOK_FRAMES", str(Path(app.srcdir) / "_build" / "frames")))


def leave_out_thebe(app, pagename, templatename, context, doctree):
    """Drop the scripts of sphinx-thebe, which Jupyter Book adds twice: they fail, and there is no kernel to talk to."""

    def is_thebe(file):
        attributes = getattr(file, "attributes", {})
        return "thebe" in str(getattr(file, "filename", file)) or "THEBE" in str(attributes.get("body"))

    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if not is_thebe(file)]


def copy_frames(app, exception):
    """Copy the frames that the pages use beside them; a missing one fails the build."""
    if exception is not None or app.builder.format != "html":
        return
    source, target = frames_folder(app), Path(app.outdir) / FRAMES
    target.mkdir(exist_ok=True)
    used = {name for metadata in app.env.metadata.values() for name in metadata.get("dlbook_frames", [])}
    missing = [name for name in sorted(used) if not (source / name).exists()]
    if missing:
        raise FileNotFoundError(
            f"{len(missing)} pictures of the notebooks are gone, {missing[0]} first; run make book again"
        )
    for name in used:
        if not (target / name).exists():
            shutil.copyfile(source / name, target / name)
    for path in target.iterdir():
        if path.name not in used:
            path.unlink()


def copy_assets(app, exception):
    """Put our script and style beside the pages, in one file each."""
    if exception is not None or app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static"
    (target / "dlbook.js").write_text(join_script(), encoding="utf-8")
    shutil.copyfile(STATIC / "explorable.css", target / "dlbook.css")
    copy_mathjax(target)


def join_script():
    """Return the script of explorables as one file."""
    script = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("pointer.js", "explorable.js"))
    return f"(() => {{\n{script}\n}})();\n"


def copy_mathjax(target):
    """Copy the parts of MathJax that formulas in HTML need into a folder."""
    mathjax = Path(importlib.import_module("sphinx-mathjax-offline").__file__).parent / "static" / "mathjax"
    for part in MATHJAX_PARTS:
        (target / "mathjax" / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (mathjax / part).is_dir() else shutil.copyfile
        copy(
            mathjax / part, target / "mathjax" / part, **({"dirs_exist_ok": True} if (mathjax / part).is_dir() else {})
        )


def finish_pages(app, exception):
    """Name the theme's buttons as they read, say in each page what it may load, and leave out the icons no page uses."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for page in out.rglob("*.html"):
        if "_static" in page.relative_to(out).parts:
            continue
        text = page.read_text(encoding="utf-8")
        finished = add_policy(name_buttons_as_they_read(text))
        if finished != text:
            page.write_text(finished, encoding="utf-8")
    trim_icons(out)


def name_buttons_as_they_read(text):
    """Make what the theme's buttons say agree with what they are called, for readers who speak to the page."""
    text = re.sub(r'(<button class="btn search-button-field[^>]*?) aria-label="Search"', r"\1", text)
    text = re.sub(r'(<i class="theme-switch[^>]*?) title="[^"]*"', r"\1", text)
    text = text.replace(
        '<div role="list" class="citation-list">', '<div class="citation-list">'
    )  # its entries are no items
    return text.replace('<summary aria-label="Toggle hidden content">', "<summary>")


def add_policy(text):
    """Add the Content-Security-Policy to a page: its own files only, and no script that was not in it when it was built."""
    if "Content-Security-Policy" in text:
        return text
    scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", text, re.DOTALL)
    handlers = [html.unescape(found) for found in re.findall(r'\son[a-z]+="([^"]*)"', text)]
    hashes = sorted({_hash_source(script) for script in scripts + handlers})
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'unsafe-hashes' {' '.join(hashes)}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "form-action 'self'",
            "base-uri 'none'",
        ]
    )
    return re.sub(
        r"<head>",
        lambda head: f'{head[0]}\n<meta http-equiv="Content-Security-Policy" content="{policy}">',
        text,
        count=1,
    )


def _hash_source(script):
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def trim_icons(out):
    """Leave out of the theme's 1.4 MB of icons those that no page or script names."""
    script = out / "_static" / "scripts" / "fontawesome.js"
    # The theme's style names every icon there is, so it does not count.
    users = [p for kind in ("html", "js") for p in out.rglob(f"*.{kind}") if p != script and "mathjax" not in p.parts]
    used = {name for p in users for name in re.findall(r"\bfa-([a-z0-9-]+)", p.read_text(encoding="utf-8"))}
    text = script.read_text(encoding="utf-8")
    trimmed = ICON.sub(lambda icon: icon[0] if (icon[1] or icon[2]) in used else "", text)
    script.write_text(trimmed, encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    frames_folder(app)
    app.add_js_file("dlbook.js", loading_method="defer")
    app.add_css_file("dlbook.css")
    app.connect("html-page-context", leave_out_thebe, priority=900)
    app.connect("build-finished", copy_frames)
    app.connect("build-finished", copy_assets)
    app.connect("build-finished", finish_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
