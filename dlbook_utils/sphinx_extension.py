"""The HTML book: explorables with frames in place of a kernel, and pictures with their text alternatives.

Named in ``_config.yml``. Frames are written to a folder while the notebooks run; here they become HTML and are copied
beside the pages.
"""

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

__all__ = ["FigureRenderer", "setup"]

STATIC = Path(__file__).parent / "static"
MATHJAX_PARTS = (
    "tex-chtml.js",
    "input/tex/extensions",
    "output/chtml/fonts/woff-v2",
)  # of 24 MB; formulas in HTML need no more
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
    script = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("pointer.js", "explorable.js"))
    (target / "dlbook.js").write_text(f"(() => {{\n{script}\n}})();\n", encoding="utf-8")
    shutil.copyfile(STATIC / "explorable.css", target / "dlbook.css")
    mathjax = Path(importlib.import_module("sphinx-mathjax-offline").__file__).parent / "static" / "mathjax"
    for part in MATHJAX_PARTS:
        (target / "mathjax" / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (mathjax / part).is_dir() else shutil.copyfile
        copy(
            mathjax / part, target / "mathjax" / part, **({"dirs_exist_ok": True} if (mathjax / part).is_dir() else {})
        )


def name_buttons_as_they_read(app, exception):
    """Make what the theme's buttons say agree with what they are called, for readers who speak to the page."""
    if exception is not None or app.builder.format != "html":
        return
    search = re.compile(r'(<button class="btn search-button-field[^>]*?) aria-label="Search"')
    mode = re.compile(r'(<i class="theme-switch[^>]*?) title="[^"]*"')
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        named = mode.sub(r"\1", search.sub(r"\1", text)).replace(
            '<summary aria-label="Toggle hidden content">', "<summary>"
        )
        if named != text:
            page.write_text(named, encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    frames_folder(app)
    app.add_js_file("dlbook.js", loading_method="defer")
    app.add_css_file("dlbook.css")
    app.connect("html-page-context", leave_out_thebe, priority=900)
    app.connect("build-finished", copy_frames)
    app.connect("build-finished", copy_assets)
    app.connect("build-finished", name_buttons_as_they_read)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
