"""Every command of the host's guide is typed, as it stands, in a copy of the course."""

import re
import tomllib

import pytest

import bedrock_helpers as bh
from bedrock_helpers.offline.server import serve
from bedrock_helpers.room import Room, read_room
from tests.workshop.course_copy import Terminal, make_copy
from tests.workshop.guide import GUIDE, PAGES, code_spans, commands, fenced

BLOCKS = [(page.stem, block) for page in PAGES for block in fenced(page, "sh")]
SAMPLE = GUIDE / "room.toml"
#: Named to say where a table comes from; it measures for minutes.
FOR_MAINTAINERS = {"bench"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, ready to work in."""
    return make_copy(tmp_path_factory.mktemp("guide") / "course")


@pytest.fixture
def terminal(course, tmp_path):
    """A terminal in the copy, signed in at an account that is on this machine."""
    with serve() as server:
        yield Terminal(course, tmp_path, **server.environment)


def first_lines(blocks):
    return [f"{page}: {block[0]}" for page, block in blocks]


@pytest.mark.parametrize(("page", "block"), BLOCKS, ids=first_lines(BLOCKS))
def test_a_block_of_commands_works_as_it_stands(terminal, page, block):
    terminal.type(block)


def test_a_command_that_fails_is_noticed(terminal):
    with pytest.raises(AssertionError, match="exit code"):
        terminal.type(["make no-such-target"])


def test_a_server_that_does_not_start_is_noticed(terminal):
    with pytest.raises(AssertionError, match="does not answer"):
        terminal.type(['make serve ARGS="--no-such-option"'])


def test_every_page_with_a_line_for_a_shell_marks_it_so():
    """A fence without a language, or of another shell, would be typed by nobody."""
    known = {"sh", "text", "ipython"}
    for page in PAGES:
        fences = re.findall(r"^ *```(.*)$", page.read_text(encoding="utf-8"), re.M)
        assert set(fences[::2]) <= known, page.name


def test_targets_named_in_the_text_are_typed_somewhere():
    typed = {line for _, block in BLOCKS for line in block}
    targets = {line.split()[1] for line in typed if line.startswith("make ")}
    for page in PAGES:
        spans = code_spans(page.read_text(encoding="utf-8"))
        named = {span.split()[1] for span in spans if span.startswith("make ")}
        assert named <= targets | FOR_MAINTAINERS, page.name


def test_names_of_the_package_in_the_text_exist():
    for page in PAGES:
        for span in code_spans(page.read_text(encoding="utf-8")):
            for dotted in re.findall(r"\bbh((?:\.[A-Za-z_]\w*)+)", span):
                found = bh
                for name in dotted.split(".")[1:]:
                    if not callable(found):
                        found = getattr(found, name)


def test_the_line_for_everybody_brings_a_live_room_offline(course, tmp_path):
    (line,) = (line for page in PAGES for line in commands(page, "ipython"))
    ask = "import bedrock_helpers as bh; assert bh.connect().mode == 'offline'"
    room = Terminal(course, tmp_path, BEDROCK_ROOM="mode=live")
    room.type([f'.venv/bin/python -m IPython -c "{line}\n{ask}"'])


def test_the_sample_of_a_room_is_a_room(monkeypatch):
    monkeypatch.setenv("BEDROCK_ROOM", str(SAMPLE))
    room = read_room()
    assert (room.name, room.mode) == ("Our workshop", "offline")


def test_the_sample_shows_every_setting_of_a_room(monkeypatch, tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    open_all = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.M)
    settings = set(tomllib.loads(open_all))
    assert settings == set(Room.__dataclass_fields__) - {"source"}
    (tmp_path / "room.toml").write_text(open_all, encoding="utf-8")
    monkeypatch.setenv("BEDROCK_ROOM", str(tmp_path / "room.toml"))
    assert read_room().budget_usd is not None


def test_what_a_session_says_of_the_room_is_what_the_guide_shows(monkeypatch):
    shown = (GUIDE / "README.md").read_text(encoding="utf-8")
    monkeypatch.setenv("BEDROCK_ROOM", str(SAMPLE))
    said = repr(bh.connect()).splitlines()
    assert said[0].split("the day")[0] in shown
    assert said[1] in shown
    assert said[-1].split(" from ")[0] in shown
