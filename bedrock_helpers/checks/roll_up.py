"""
A host's roll-up: who has passed what, and which exercises a room is stuck on.

    make roll-up FOLDER=path/of/the/folder                  both tables, as text
    make roll-up FOLDER=… ARGS="--csv room.csv"             and as room.csv, …

The folder holds completion records or progress files that people sent, or is the
room's shared folder. Nothing is sent anywhere.
"""

import argparse
import sys
from pathlib import Path

from bedrock_helpers.checks.collected_files import read_folder
from bedrock_helpers.checks.course_contents import lessons

#: A spreadsheet takes what begins so for a formula, and in some languages the wide
#: forms too (OWASP, "CSV Injection").
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
#: UTF-8 with a mark at its beginning, without which Excel takes it for something else.
_FOR_SPREADSHEETS = "utf-8-sig"


def roll_up(folder):
    """
    Everybody's progress: a row for each person or seat.

    Parameters
    ----------
    folder : str or pathlib.Path
        With the files that people sent (``*.json``), or the room's shared folder.

    Returns
    -------
    pandas.DataFrame
        By person: exercises passed, in all and by notebook; predictions made and
        right; the last day (UTC); the course's version and the file. Its
        ``attrs["said"]`` lists the files that were not counted, and why.

    Raises
    ------
    ValueError
        If there is no such folder.

    Examples
    --------
    >>> import tempfile
    >>> from bedrock_helpers.checks.progress import Progress
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Progress({"01-form": True}).record("Ada", folder)
    ...     roll_up(folder).iloc[0, :3].to_dict()
    {'passed of ...': 1, '01 of 4': 1, '02 of 4': 0}
    """
    sent, said = read_folder(folder)
    return _by_person(sent, said)


def by_exercise(folder):
    """
    Every exercise: how many passed it, tried it, and have not tried it.

    Parameters
    ----------
    folder : str or pathlib.Path

    Returns
    -------
    pandas.DataFrame
        In the course's order.

    Raises
    ------
    ValueError
        If there is no such folder.

    Examples
    --------
    >>> import tempfile
    >>> from bedrock_helpers.checks.progress import Progress
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Progress({"01-form": False}).record("Ada", folder)
    ...     by_exercise(folder).loc["01-form"].to_dict()
    {'passed': 0, 'tried': 1, 'not tried yet': 0}
    """
    return _by_exercise(read_folder(folder)[0])


def _by_person(sent, said):
    import pandas as pd

    rows = [_row(one) for one in sent]
    people = pd.Index([one.person for one in sent], name="person", dtype=object)
    table = pd.DataFrame(rows, index=people, columns=list(_columns()))
    table.attrs["said"] = list(said)
    return table


def _columns():
    known = lessons()
    yield f"passed of {sum(len(lesson.exercises) for lesson in known)}"
    for lesson in known:
        yield f"{lesson.key} of {len(lesson.exercises)}"
    yield from ("predicted", "right", "last day", "version", "file")


def _row(one):
    passed = [
        sum(exercise.state == "passed" for exercise in exercises)
        for _, exercises, _ in one.progress.by_lesson()
    ]
    counts = one.counts["passed"], *passed, one.counts["made"], one.counts["right"]
    return [*counts, one.last_day, one.course_version, one.file]


def _by_exercise(sent):
    import pandas as pd

    names = [name for lesson in lessons() for name in lesson.exercises]
    states = "passed", "tried", "not tried yet"
    rows = [[one.progress.exercise(name).state for one in sent] for name in names]
    return pd.DataFrame(
        [[row.count(state) for state in states] for row in rows],
        index=pd.Index(names, name="exercise"),
        columns=list(states),
    )


def stuck_on(exercises):
    """
    The exercises that most have tried in vain, in one sentence.

    Parameters
    ----------
    exercises : pandas.DataFrame
        As :func:`by_exercise` gives it.

    Returns
    -------
    str

    Examples
    --------
    >>> import pandas as pd
    >>> counts = {"passed": [2, 0], "tried": [0, 3]}
    >>> stuck_on(pd.DataFrame(counts, index=["01-form", "02-room"]))
    'Tried and not passed: 02-room (3).'
    """
    tried = exercises["tried"].sort_values(ascending=False, kind="stable")
    named = [f"{name} ({count})" for name, count in tried.head(5).items() if count]
    return f"Tried and not passed: {', '.join(named) or 'none'}."


def write_csv(table, path):
    """
    A table as CSV in which no name acts as a formula.

    Parameters
    ----------
    table : pandas.DataFrame
    path : str or pathlib.Path

    Raises
    ------
    OSError
        If it cannot be written.

    Examples
    --------
    >>> import sys
    >>> import pandas as pd
    >>> write_csv(pd.DataFrame({"who": ["=1+1"]}), sys.stdout)
    ,who
    0,'=1+1
    """
    harmless = table.map(_no_formula)
    harmless.index = harmless.index.map(_no_formula)
    harmless.to_csv(path, lineterminator="\n", encoding=_FOR_SPREADSHEETS)


def _no_formula(value):
    is_one = isinstance(value, str) and value.lstrip().startswith(_FORMULA)
    return f"'{value}" if is_one else value


def main(arguments=None):
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make roll-up",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", help="the folder with the files")
    parser.add_argument("--csv", metavar="FILE", help="write both tables as CSV too")
    options = parser.parse_args(arguments)
    try:
        sent, said = read_folder(options.folder)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    people, exercises = _by_person(sent, said), _by_exercise(sent)
    _print(people, exercises, said)
    if options.csv:
        return _write_both(people, exercises, Path(options.csv))
    return 0


def _print(people, exercises, said):
    print(f"People or seats: {len(people)}")
    if len(people):
        print(people.to_string(), exercises.to_string(), sep="\n\n")
        print(f"\n{stuck_on(exercises)}")
    print(*said, sep="\n", end="\n" if said else "")
    print("From files that anybody can write: no proof of who did what.")


def _write_both(people, exercises, path):
    beside = path.with_name(f"{path.stem}_exercises{path.suffix}")
    try:
        write_csv(people, path)
        write_csv(exercises, beside)
    except OSError as error:
        line = 'Type: make roll-up FOLDER=… ARGS="--csv room.csv"'
        why = error.strerror or error
        print(f"{path} cannot be written: {why}. {line}", file=sys.stderr)
        return 2
    print(f"Written: {path.name}, {beside.name}")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a terminal may not have every letter
    sys.exit(main())
