"""Run notebooks in a fresh kernel and write them back in their recorded form.

    python tools/record.py [NOTEBOOK ...]

The recorded form keeps what the tests compare, the text of every output, and nothing that changes from run to run:
no pictures, no widgets, no timings. Recording again changes no byte.
"""

import sys
from concurrent.futures import ProcessPoolExecutor

import nbformat
from nbformat.v4 import new_output

from notebooks import all_notebooks, find_notebook, read, run

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FOLDED = {  # tag -> how the surfaces fold such a cell: a tag for the book, metadata for JupyterLab, Colab and the book
    "draw": ("hide-input", {}),
    "solution": (
        "hide-cell",
        {
            "jupyter": {"source_hidden": True},
            "cellView": "form",
            "mystnb": {"code_prompt_show": "Show a solution", "code_prompt_hide": "Hide the solution"},
        },
    ),
    "setup": ("hide-input", {}),
    "install": ("remove-cell", {"jupyter": {"source_hidden": True}}),
}


def normalise(notebook):
    """Bring a notebook into the recorded form, in place, and return it."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag not in {fold for fold, _ in FOLDED.values()}]
        metadata = {}
        for tag in list(tags):
            if tag in FOLDED:
                fold, extra = FOLDED[tag]
                tags.append(fold)
                metadata |= extra
        cell.metadata = nbformat.from_dict(({"tags": tags} if tags else {}) | metadata)
        cell.source = cell.source.strip("\n")
        if cell.cell_type == "code":
            cell.outputs = join_streams([kept for output in cell.outputs if (kept := keep_text(output)) is not None])
    return notebook


def keep_text(output):
    """Return what is kept of an output, or None."""
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    if output.output_type in ("display_data", "execute_result") and "text/plain" in output.data:
        extra = {"execution_count": output.execution_count} if output.output_type == "execute_result" else {}
        return new_output(output.output_type, data={"text/plain": output.data["text/plain"]}, metadata={}, **extra)
    return None


def join_streams(outputs):
    """Join printed text that arrived in several pieces: where it was cut depends on the moment."""
    joined = []
    for output in outputs:
        if joined and output.output_type == "stream" and joined[-1].output_type == "stream":
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def write(notebook, path):
    """Write a notebook, in one step, so that an interrupted run leaves the old one."""
    text = nbformat.writes(notebook) + "\n"
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def record(path):
    """Run one notebook and write its recorded form; return a line that says what became of it."""
    before = path.read_bytes()
    notebook = read(path)
    try:
        run(notebook, path.parent)
    except Exception as error:  # the notebook stays as it was
        return False, f"{path.name}: not recorded\n{error}"
    write(normalise(notebook), path)
    return True, f"{path.name}: {'unchanged' if path.read_bytes() == before else 'recorded'}"


def main(names):
    """Record the named notebooks, or all of them, on all cores."""
    paths = [find_notebook(name) for name in names] or all_notebooks()
    good = True
    with ProcessPoolExecutor() as pool:
        for ok, line in pool.map(record, paths):
            print(line, flush=True)
            good &= ok
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
