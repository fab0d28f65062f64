"""Rules for run sheets: each gives what breaks it, in words."""

import re
from urllib.parse import unquote

import bedrock_helpers as bh
from tests.workshop.guide import (
    GUIDE,
    REPOSITORY,
    code_spans,
    links,
    minutes_of,
    notebook,
    shown_by,
    table_with,
    tables,
)

COLUMNS = ("from", "minutes", "you", "the room", "where", "everybody sees")
EXERCISE = re.compile(r"(?:0[1-7]|gallery)-[a-z][a-z-]+")
HAIKU = bh.catalog.id_for(bh.catalog.CLAUDE_HAIKU_4_5, "us-east-1")
_MICRO = f"arn:aws:bedrock:us-east-1::foundation-model/{bh.catalog.NOVA_MICRO}"


def statement(action):
    """A policy of one Allow on Nova Micro in us-east-1, as the sheets call it."""
    allow = {"Effect": "Allow", "Action": action, "Resource": _MICRO}
    return {"Version": "2012-10-17", "Statement": [allow]}


def _names():
    from botocore.config import Config

    hello = [{"role": "user", "content": [{"text": "Hi"}]}]
    return {
        **{"bh": bh, "HAIKU": HAIKU, "HELLO": hello},
        **{"Config": Config, "statement": statement},
    }


def blocks(sheet):
    """The rows of the sheet's table."""
    return table_with(sheet, *COLUMNS)


def minutes_add_up(sheet):
    """The minutes of all blocks are those of the title, and the clock agrees."""
    title = sheet.splitlines()[0]
    total = int(re.search(r"(\d+) minutes", title)[1])
    problems, at = [], 0
    for block in blocks(sheet):
        if minutes_of(block["from"]) != at:
            problems.append(f"{block['from']}: so far there are {at} minutes")
        at += int(block["minutes"])
    if at != total:
        problems.append(f"{at} minutes in all; the title says {total}")
    return problems + _pause_problems(sheet, title)


def _pause_problems(sheet, title):
    """What the title says of lunch, and the text of breaks, is in the table."""

    def taken(word):
        return sum(
            int(b["minutes"]) for b in blocks(sheet) if b["you"].startswith(word)
        )

    told = {
        "Lunch": re.search(r"(\d+) for lunch", title),
        "Break": re.search(r"(\d+) are breaks", sheet),
    }
    return [
        f"{word}: {taken(word)} minutes, told are {found[1]}"
        for word, found in told.items()
        if found and int(found[1]) != taken(word)
    ]


def every_block_says_all(sheet):
    """No cell is empty; only a pause has no place."""
    problems = []
    for block in blocks(sheet):
        empty = [name for name in COLUMNS if not block[name]]
        problems += [f"{block['from']}: nothing under {name!r}" for name in empty]
        pause = block["you"].startswith(("Break", "Lunch"))
        if not links(block["where"]) and not pause:
            problems.append(f"{block['from']}: no section of a notebook")
    return problems


def checkpoints_are_shown(sheet):
    """What you show and everybody sees, word for word, is in that block's notebook."""
    problems = []
    for block in blocks(sheet):
        shown = "\n".join(_notebooks(block))
        for words in code_spans(block["you"] + block["everybody sees"]):
            if words not in shown:
                problems.append(f"{block['from']}: nothing shows {words!r}")
    return problems


def _notebooks(block):
    for _, target in links(block["where"]):
        path = (GUIDE / unquote(target.partition("#")[0])).resolve()
        if path.suffix == ".ipynb" and path.exists():
            yield shown_by(path)


def answers_pass(sheet):
    """Each right answer passes its check; each miss fails in the words given."""
    problems, right = [], None
    for row in table_with(sheet, "exercise", "right"):
        (name,) = code_spans(row["exercise"])
        if row["right"] != "as above":
            (right,) = code_spans(row["right"])
            problems += _not_passed(name, right)
        (miss,) = code_spans(row["a common miss"])
        problems += _not_said(name, miss, row["what the check says to it"])
    for name, right in re.findall(r"`([\w-]+)` \(right: `([^`]+)`\)", sheet):
        problems += _not_passed(name, right)
    return problems


def _verdict(name, expression):
    return bh.check(name, eval(expression, _names()))


def _not_passed(name, right):
    verdict = _verdict(name, right)
    return [] if verdict.passed else [f"{right}: {verdict}"]


def _not_said(name, miss, words):
    verdict = _verdict(name, miss)
    if verdict.passed is False and words in verdict.words:
        return []
    return [f"{miss}: {verdict}; the sheet has {words!r}"]


def exercises_have_answers(sheet):
    """Each exercise of a block is one there is, and has its answer below."""
    answered = {code_spans(row["exercise"])[0] for row in _answers(sheet)}
    named = set()
    for block in blocks(sheet):
        named |= set(EXERCISE.findall(" ".join(block.values()).split("](")[0]))
        named |= set(EXERCISE.findall(block["the room"]))
        named |= set(EXERCISE.findall(block["everybody sees"]))
    return sorted(named - answered)


def _answers(sheet):
    return table_with(sheet, "exercise", "right")


def guesses_are_as_stored(sheet):
    """Each guess is asked in a notebook of the sheet, and comes out as told."""
    where = "\n".join(text for block in blocks(sheet) for text in _notebooks(block))
    problems = []
    for row in table_with(sheet, "guess", "it is"):
        if f'bh.predict("{row["guess"]}"' not in where:
            problems.append(f"{row['guess']!r} is asked nowhere")
        elif row["it is"] != _comes_out(row["guess"]):
            problems.append(f"{row['guess']!r}: it is {_comes_out(row['guess'])}")
    return problems


def _comes_out(guess):
    """What the first comparison after a guess says in the stored outputs."""
    for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb")):
        asked = False
        for cell in notebook(path)["cells"]:
            asked = asked or f'bh.predict("{guess}"' in "".join(cell["source"])
            shown = "".join("".join(o.get("text", "")) for o in cell.get("outputs", []))
            found = re.search(r"It is (.+?)\. \(You made no guess", shown)
            if asked and found:
                return found[1]
    return None


def times_are_those_of_blocks(sheet):
    """Questions, breakages and cuts name a block's beginning, and its minutes."""
    starts = {block["from"]: block["minutes"] for block in blocks(sheet)}
    rows = [row for table in tables(sheet) for row in table if "when" in row]
    problems = [
        f"{row['when']} is no block's beginning"
        for row in rows
        if row["when"] not in {*starts, "any"}
    ]
    late = re.search(r"^\*\*Late\?\*\*.*(?:\n.+)*", sheet, flags=re.M)
    cuts = re.findall(r"(\d+:\d\d) [^(]+\((\d+)\)", late[0]) if late else []
    if not cuts:
        problems.append("it does not say what to drop when late")
    problems += [
        f"{clock}: {starts.get(clock)} minutes, not {minutes}"
        for clock, minutes in cuts
        if starts.get(clock) != minutes
    ]
    return problems


RULES = (
    minutes_add_up,
    every_block_says_all,
    checkpoints_are_shown,
    answers_pass,
    exercises_have_answers,
    guesses_are_as_stored,
    times_are_those_of_blocks,
)
