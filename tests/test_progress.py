"""progress: what a reader solved is kept, and never lost silently."""

import importlib
import json
import os

import pytest

from dlbook_utils import check, progress

store = importlib.import_module("dlbook_utils.progress")
checking = importlib.import_module("dlbook_utils.check")


@pytest.fixture
def folder(monkeypatch, tmp_path):
    place = tmp_path / "of a reader"
    monkeypatch.setenv("DLBOOK_PROGRESS", str(place))
    return place


def right(X):
    return X.T.copy()


@pytest.fixture
def double(monkeypatch):
    monkeypatch.setattr(checking, "_EXERCISES", {})
    monkeypatch.setattr(checking, "_HINTS_GIVEN", {})

    @checking.exercise("99.1", "double(x)", level="warm-up", hints=("Think of adding.", "x + x."))
    def judge(answer, rng):
        checking.expect_close(answer, (3.0,), 6.0)


def test_a_solved_exercise_is_kept(folder, double):
    assert store.solved() == {}
    check("99.1", lambda x: 2 * x)
    assert list(store.solved()) == ["99.1"]
    day = store.solved()["99.1"]
    check("99.1", lambda x: 2 * x)
    assert store.solved() == {"99.1": day}
    assert [path.name for path in folder.iterdir()] == ["progress.json"]


def test_only_the_readers_own_answer_counts(folder, double):
    check("99.1", lambda x: 2 * x, solution=True)
    check("99.1", lambda x: x)
    assert store.solved() == {}


def test_table(folder, capsys):
    store.remember("2.12")
    progress()
    out = capsys.readouterr().out
    rows = {line.split()[0]: line for line in out.splitlines()[1:]}
    assert "1 of 13" in rows["2"] and "■" in rows["2"] and "next: 2.1" in rows["2"]
    assert "0 of" in rows["4"]


@pytest.mark.parametrize("damage", ["", "{", "[1, 2]", '{"2.12": 3}', '{"../x": "2026-01-01"}', "\x00\x01"])
def test_a_corrupt_file_is_set_aside(folder, capsys, damage):
    folder.mkdir()
    (folder / "progress.json").write_text(damage, encoding="utf-8")
    store.remember("2.1")
    assert "could not be read" in capsys.readouterr().out
    assert list(store.solved()) == ["2.1"]
    aside = [path for path in folder.iterdir() if path.name != "progress.json"]
    assert [path.read_text(encoding="utf-8") for path in aside] == [damage]


def test_a_file_of_other_letters_is_set_aside(folder, capsys):
    folder.mkdir()
    (folder / "progress.json").write_bytes(b"\xff\xfe\x00")
    assert store.solved() == {}
    assert "could not be read" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_said(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DLBOOK_PROGRESS", str(tmp_path / "file" / "below"))
    store.remember("2.1")
    assert "could not be kept" in capsys.readouterr().out


def test_off(monkeypatch, capsys):
    monkeypatch.setenv("DLBOOK_PROGRESS", "off")
    store.remember("2.1")
    assert store.solved() == {} and store.folder() is None
    progress()
    assert "DLBOOK_PROGRESS is off" in capsys.readouterr().out


def test_nothing_is_written_under_tests():
    assert os.environ["DLBOOK_PROGRESS"] == "off" and store.folder() is None


def test_the_users_own_folder(monkeypatch):
    monkeypatch.delenv("DLBOOK_PROGRESS")
    assert store.folder().name == "dlbook"


def test_forget(folder):
    store.remember("2.1")
    store.forget()
    assert store.solved() == {} and list(folder.iterdir()) == []


def test_hints_come_in_steps(folder, double, capsys):
    for expected in ("Hint 1 of 2: Think of adding.", "Hint 2 of 2: x + x.", "That was every hint"):
        check("99.1", lambda x: x, hint=True)
        assert capsys.readouterr().out.splitlines()[1].startswith(expected)
    check("99.1", lambda x: 2 * x, hint=True)
    assert "int" not in capsys.readouterr().out


def test_file_is_plain_json(folder):
    store.remember("2.1")
    assert list(json.loads((folder / "progress.json").read_text(encoding="utf-8"))) == ["2.1"]
