"""tools/refresh_notebooks.py stores the same outputs every time, and notices others."""

import json

import nbformat
import pytest

from tools import refresh_notebooks

CELLS = [
    "import os\n{name: os.environ[name] for name in os.environ if name[:4] == 'AWS_'}",
    "print('one')\nprint('two')",
    "import ipywidgets\nipywidgets.FloatSlider()",
    "open(os.environ['BEDROCK_PROGRESS_FILE'], 'x').close()",
    "os.environ['BEDROCK_MODE'], os.environ.get('BEDROCK_RECORD_TO', 'not recording')",
]


def write(path, *sources, tags=()):
    """A notebook of code cells, not yet run."""
    cells = [
        nbformat.v4.new_code_cell(one, metadata={"tags": [*tags]}) for one in sources
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def outputs_of(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell["outputs"] for cell in notebook["cells"]]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """An empty course of its own."""
    monkeypatch.setattr(refresh_notebooks, "REPOSITORY", tmp_path)
    monkeypatch.setenv("AWS_PROFILE", "mine")
    return tmp_path


def test_two_runs_store_the_same_bytes_and_check_agrees(course):
    path = write(course / "notebooks" / "01_a.ipynb", *CELLS)
    assert refresh_notebooks.main([]) == 0
    stored = path.read_bytes()
    assert refresh_notebooks.main([]) == 0
    assert path.read_bytes() == stored
    assert refresh_notebooks.main(["--check"]) == 0
    assert b"widget-view" not in stored
    assert b"AWS_PROFILE" not in stored
    assert b"('offline', 'not recording')" in stored


def test_check_shows_the_cell_that_differs_and_stores_nothing(course, capsys):
    path = write(course / "notebooks" / "01_a.ipynb", "print('one')")
    refresh_notebooks.main([])
    path.write_text(path.read_text().replace("one\\n", "two\\n"))
    stored = path.read_bytes()
    assert refresh_notebooks.main(["--check"]) == 1
    shown = capsys.readouterr().out
    assert '-    "two\\n"' in shown
    assert '+    "one\\n"' in shown
    assert path.read_bytes() == stored


def test_a_cell_that_fails_is_reported_and_nothing_is_stored(course, capsys):
    path = write(course / "notebooks" / "01_a.ipynb", "1 / 0")
    stored = path.read_bytes()
    assert refresh_notebooks.main([]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert path.read_bytes() == stored


def test_an_error_on_purpose_is_stored_without_its_traceback(course):
    path = write(
        course / "notebooks" / "01_a.ipynb", "1 / 0", tags=["raises-exception"]
    )
    assert refresh_notebooks.main([]) == 0
    (error,) = outputs_of(path)[0]
    assert error["traceback"] == ["ZeroDivisionError: division by zero"]


def test_recording_starts_afresh_for_the_lesson_and_then_its_solutions(course):
    name = "os.environ.get('BEDROCK_RECORD_TO')"  # not set in the run that is stored
    source = f"_ = {name} and open({name}, 'x').write('new')"
    for name in ("notebooks/01_a.ipynb", "notebooks/solutions/01_a.ipynb"):
        write(course / name, "import os", source)
    recordings = course / "data" / "recordings"
    recordings.mkdir(parents=True)
    (recordings / "01_a.jsonl").write_text("old")
    assert refresh_notebooks.main(["--record", "01_a"]) == 0
    files = {path.name: path.read_text() for path in recordings.iterdir()}
    assert files == {"01_a.jsonl": "new", "01_a.solutions.jsonl": "new"}


def test_each_lesson_comes_before_its_solutions(course):
    folder = course / "notebooks"
    for name in ("solutions/01_a", "02_b", "01_a", "playground", "workshop/host"):
        write(folder / f"{name}.ipynb", "1")
    found = refresh_notebooks.find_notebooks(folder)
    names = [path.relative_to(folder).as_posix() for path in found]
    assert names == [
        "01_a.ipynb",
        "solutions/01_a.ipynb",
        "02_b.ipynb",
        "workshop/host.ipynb",
        "playground.ipynb",
    ]


def test_a_name_that_is_no_notebook_lists_those_there_are(course):
    write(course / "notebooks" / "01_a.ipynb", "1")
    with pytest.raises(SystemExit, match="called 1_a; there are: 01_a"):
        refresh_notebooks.main(["1_a"])


def test_cells_without_an_id_get_one_that_stays(course):
    path = write(course / "notebooks" / "01_a.ipynb", "1", "2")
    raw = json.loads(path.read_text())
    for cell in raw["cells"]:
        del cell["id"]
    path.write_text(json.dumps(raw))
    notebook = refresh_notebooks.read_notebook(path)
    assert [cell.id for cell in notebook.cells] == ["cell-01", "cell-02"]
