"""The committed notebooks are in their recorded form: text that is compared, nothing that changes from run to run."""

import re

import nbformat
import pytest
from chapters import NOTEBOOKS, read, tags
from record import keep_text, normalise, write

MEMORY_ADDRESS = r"<[^<>\n]* at 0x[0-9a-f]+>"
PATH = r"(?<![\w.])/(home|usr|tmp|root|work|Users|opt)/|[A-Z]:\\"
BARE = r"(?m)^(array|tensor|matrix)\(|^(np\.)?float\d+\(|^Out\["


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


def test_writing_it_again_changes_no_byte(path, tmp_path):
    copy = tmp_path / path.name
    write(normalise(read(path)), copy)
    assert copy.read_bytes() == path.read_bytes()


def test_every_code_cell_was_run_in_order(path):
    counts = [cell.execution_count for cell in read(path).cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_recorded_text_is_formatted_by_us(path):
    for cell in read(path).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "execute_result", f"a bare value ends this cell:\n{cell.source}"
            text = output.text if output.output_type == "stream" else output.data["text/plain"]
            assert not re.search(MEMORY_ADDRESS, text), text
            assert not re.search(PATH, text), text
            assert not re.search(BARE, text), text


def test_pictures_have_a_text_alternative(path):
    for cell in read(path).cells:
        if cell.cell_type == "code" and re.search(r"^show\(|^@explore", cell.source, re.MULTILINE):
            texts = [o.data["text/plain"] for o in cell.outputs if o.output_type == "display_data"]
            assert texts and all(len(text) > 20 for text in texts), cell.source


def test_folds(path):
    for cell in read(path).cells:
        if "solution" in tags(cell):
            assert "hide-cell" in tags(cell) and cell.metadata["jupyter"]["source_hidden"]
        if "draw" in tags(cell):
            assert "hide-input" in tags(cell)


def make_output(kind, data, **extra):
    return nbformat.v4.new_output(kind, data=data, **extra)


def test_what_is_kept_of_an_output():
    picture = make_output("display_data", {"image/png": "…", "text/html": "<img>", "text/plain": "a line"})
    assert keep_text(picture).data == {"text/plain": "a line"}
    assert keep_text(make_output("display_data", {"image/png": "…"})) is None
    assert keep_text(nbformat.v4.new_output("stream", name="stderr", text="warning")) is None
    assert keep_text(nbformat.v4.new_output("stream", name="stdout", text="4\n")).text == "4\n"
    assert keep_text(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])) is None
