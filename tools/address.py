"""Set the repository's address everywhere: ``python tools/address.py https://github.com/NAME/REPOSITORY`` (or "" for none).

Its one home is ``_config.yml``. What is made from it: the first cell of every notebook, the launch buttons of the book, the
badges in README.md and the example of a class link. Without an address none of these lead anywhere, so none is shown.
"""

import re
import sys
from urllib.parse import quote, urlsplit

from record import write

from notebooks import ROOT, all_notebooks, read

CONFIG = ROOT / "_config.yml"
README = ROOT / "README.md"
INSTALL_TAG = "install"
BEGIN, END = "<!-- address: made by `make address` -->", "<!-- end of address -->"
MARKS = {
    "repository": ("  # address: repository", "  # end of repository"),
    "launch": ("  # address: launch", "  # end of launch"),
}
FIRST_CHAPTER = "notebooks/02_linear_algebra.ipynb"


def check_address(address):
    """Return an address without a trailing slash or ``.git``. Raises ValueError for what no one could clone."""
    address = address.strip().removesuffix("/").removesuffix(".git")
    parts = urlsplit(address)
    good = (parts.scheme == "https" and parts.netloc and parts.path.count("/") == 2) or (
        parts.scheme == "file" and parts.path.startswith("/")
    )
    if address and (not good or re.search(r"[\s\"'{}\\]", address)):
        raise ValueError(f"expected an address like https://github.com/NAME/REPOSITORY, not {address!r}")
    return address


def current_address():
    """Return the address that ``_config.yml`` holds, "" for none."""
    found = re.search(r'^address: "(.*)"$', CONFIG.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1]


def first_cell(address):
    """Return the source of every notebook's first code cell."""
    otherwise = (
        f'    get_ipython().run_line_magic("pip", "install --quiet git+{address}")'
        if address
        else '    raise ModuleNotFoundError("dlbook_utils is not here: pip install . in this project\'s folder") from None'
    )
    return "\n".join(
        (
            "try:",
            "    import dlbook_utils  # noqa: F401",
            "except ModuleNotFoundError:  # Colab, or a notebook on its own",
            otherwise,
        )
    )


def between(text, begin, end, content):
    """Replace what stands between two marks, lines of their own."""
    pattern = re.compile(rf"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"the mark {begin!r} is gone")
    return pattern.sub(lambda found: found[1] + content + found[2], text)


def config_lines(address):
    """Return the lines of ``_config.yml`` that switch buttons on, by the mark that they stand at."""
    if not address.startswith("https://github.com/"):
        return {"repository": "  use_repository_button: false\n", "launch": ""}
    launch = "  notebook_interface: jupyterlab\n  binderhub_url: https://mybinder.org\n  colab_url: https://colab.research.google.com\n"
    repository = f"  use_repository_button: true\n  repository_url: {address}\n  repository_branch: main\n"
    return {"repository": repository, "launch": launch}


def badge_lines(address):
    """Return the badges of README.md."""
    if not address.startswith("https://github.com/"):
        return ""
    name = address.removeprefix("https://github.com/")
    owner, _, repository = name.partition("/")
    binder = f"https://mybinder.org/v2/gh/{name}/main?urlpath=lab"
    colab = f"https://colab.research.google.com/github/{name}/blob/main/{FIRST_CHAPTER}"
    class_link = (
        f"https://HUB/hub/user-redirect/git-pull?repo={quote(address, safe='')}&branch=main"
        f"&urlpath={quote(f'lab/tree/{repository}/{FIRST_CHAPTER}', safe='')}"
    )
    return (
        f"[Read the book](https://{owner}.github.io/{repository}/) · [Open in Binder]({binder}) · "
        f"[Open a chapter in Colab]({colab}) · for a class on JupyterHub: `{class_link}`\n"
    )


def set_address(address):
    """Write an address to its home and make everything that follows from it. Raises ValueError for a bad one."""
    address = check_address(address)
    config = CONFIG.read_text(encoding="utf-8")
    config = re.sub(r'^address: ".*"$', f'address: "{address}"', config, flags=re.MULTILINE)
    for mark, lines in config_lines(address).items():
        config = between(config, *MARKS[mark], lines)
    CONFIG.write_text(config, encoding="utf-8")
    readme = README.read_text(encoding="utf-8")
    README.write_text(between(readme, BEGIN, END, badge_lines(address)), encoding="utf-8")
    for path in all_notebooks():
        notebook = read(path)
        cell = next(cell for cell in notebook.cells if INSTALL_TAG in cell.metadata.get("tags", []))
        cell.source = first_cell(address)
        write(notebook, path)


if __name__ == "__main__":
    try:
        set_address(sys.argv[1] if len(sys.argv) > 1 else "")
    except ValueError as error:
        sys.exit(str(error))
    print(f"The address is {current_address() or 'not set: no launch buttons, no badges'}.")
