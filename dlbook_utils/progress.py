"""Which exercises a reader has solved, kept in a small file of their own.

The file is ``progress.json`` in the user's data folder. ``DLBOOK_PROGRESS=off`` turns it off, ``DLBOOK_PROGRESS=/some/folder``
keeps it there.
"""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["forget", "progress", "remember", "solved"]

FILE = "progress.json"
NUMBER = re.compile(r"\d+\.\d+[a-z]?")


def progress():
    """Print how many exercises are solved, chapter by chapter, and which are next. A solution's own check does not count."""
    from dlbook_utils.check import all_exercises

    done, rows = solved(), []
    for chapter, exercises in all_exercises().items():
        numbers = [exercise.number for exercise in exercises]
        open_ = [number for number in numbers if number not in done]
        bar = "".join("■" if number in done else "□" for number in numbers)
        following = f"next: {open_[0]}" if open_ else "all solved"
        name = chapter or "0 (notation)"
        rows.append(f"{name:<12}  {len(numbers) - len(open_):>2} of {len(numbers):<2}  {bar:<16}  {following}")
    print("chapter       solved")
    print(*rows, sep="\n")
    if folder() is None:
        print("Nothing is kept: DLBOOK_PROGRESS is off.")


def solved():
    """Return {exercise: day it was first solved, "2026-01-31"}. A file that cannot be read is set aside, with a message."""
    path = _path()
    if path is None or not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(kept, dict) or not all(
            isinstance(day, str) and NUMBER.fullmatch(n) for n, day in kept.items()
        ):
            raise ValueError("expected exercise numbers with days")
    except (ValueError, OSError) as error:
        aside = path.with_name(f"progress-unreadable-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.json")
        try:
            path.rename(aside)
            print(
                f"The record of what you solved could not be read ({error}). It was kept as {aside}; a new one begins."
            )
        except OSError:
            print(f"The record of what you solved could not be read ({error}): {path}")
        return {}
    return kept


def remember(number):
    """Keep that exercise ``number`` was solved today; the first day counts. What cannot be written is said."""
    path = _path()
    if path is None:
        return
    kept = solved()
    if number in kept:
        return
    kept[number] = f"{datetime.now(UTC):%Y-%m-%d}"
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(dict(sorted(kept.items())), indent=1), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        print(f"Your progress could not be kept ({error}).")


def forget():
    """Delete the record of what was solved."""
    if (path := _path()) is not None:
        path.unlink(missing_ok=True)


def folder():
    """Return the folder that progress is kept in, or None when it was turned off."""
    wanted = os.environ.get("DLBOOK_PROGRESS", "")
    if wanted.lower() in ("off", "0", "no", "false"):
        return None
    if wanted:
        return Path(wanted)
    import platformdirs

    return Path(platformdirs.user_data_path("dlbook", appauthor=False))


def _path():
    place = folder()
    return place and place / FILE
