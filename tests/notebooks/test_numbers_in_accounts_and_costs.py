"""Numbers that the host's notebook repeats in prose are those of data and outputs."""

import json
import re

import pytest

from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline import assume_role
from bedrock_helpers.pricing import cost_of
from tests.notebooks.prose import FOLDER, prose_of

NAME = "workshop/accounts_and_costs.ipynb"
USAGE = load_json("lesson_usage.json")["usage"]
QUOTAS = {
    record["model_id"]: record for record in load_json("default_quotas.json")["quotas"]
}
PEOPLE, SMALL = 30, 200_000


@pytest.fixture(scope="module")
def prose():
    return prose_of(NAME)


def cells():
    return json.loads((FOLDER / NAME).read_text(encoding="utf-8"))["cells"]


def printed(words):
    """The stored output, as text, of the cell whose source has these words."""
    (cell,) = [c for c in cells() if words in "".join(c["source"]) and "outputs" in c]
    data = [output.get("data", output) for output in cell["outputs"]]
    return "\n".join("".join(d.get("text", d.get("text/plain", ""))) for d in data)


def error(words):
    (cell,) = [c for c in cells() if words in "".join(c["source"]) and "outputs" in c]
    (output,) = cell["outputs"]
    return f"{output['ename']}: {output['evalue']}"


def a_person_usd(written):
    return sum(
        cost_of(
            {
                "inputTokens": record["input_tokens"],
                "outputTokens": record[written],
                "cacheReadInputTokens": record["cache_read_tokens"],
                "cacheWriteInputTokens": record["cache_write_tokens"],
            },
            record["model_id"],
            tier=record["tier"],
        )
        for record in USAGE
    )


def of(notebook):
    return [record for record in USAGE if record["notebook"].startswith(notebook)]


def busiest_tokens():
    """What each busiest cell needs of a quota in its minute."""
    for record in USAGE:
        counts = QUOTAS[record["model_id"]]["output_counts"]
        settled = counts * record["busiest_output_tokens"]
        written = max(record["busiest_max_tokens"], settled)
        read = ("input", "cache_read", "cache_write")
        yield written + sum(record[f"busiest_{kind}_tokens"] for kind in read), record


def test_a_person_costs_a_few_cents_as_the_table_says(prose):
    assert 0.02 < a_person_usd("output_tokens") < a_person_usd("max_tokens") < 0.05
    assert "A few cents a person, for everything." in prose
    total = printed("each = usage.groupby").splitlines()[-1]
    assert f"${a_person_usd('max_tokens'):.5f}" in total


def test_the_room_costs_what_its_people_and_repeats_make_it():
    shown = printed("PEOPLE, REPEATS =")
    assert f"${a_person_usd('max_tokens') * PEOPLE * 3:.2f}" in shown


def test_04_and_07_have_nearly_all_the_calls_all_with_nova_micro(prose):
    calls = {two: sum(r["calls"] for r in of(two)) for two in ("04", "07")}
    assert sum(calls.values()) > 0.9 * sum(record["calls"] for record in USAGE)
    assert "Notebook 04 scores prompts on many reviews, and 07 measures" in prose
    largest = sorted(USAGE, key=lambda record: record["calls"])[-2:]
    assert {record["model_id"] for record in largest} == {"amazon.nova-micro-v1:0"}
    assert "both with Nova Micro" in prose


def test_the_busiest_cells_have_288_calls_each(prose):
    two = sorted(busiest_tokens(), key=lambda pair: pair[0])[-2:]
    assert {record["busiest_calls"] for _, record in two} == {288}
    assert {record["notebook"][:2] for _, record in two} == {"04", "07"}
    assert "the two hundred and eighty-eight calls of 04 and of 07" in prose


def test_thirty_fit_into_the_defaults_and_four_into_a_small_quota(prose):
    known = [
        (tokens, QUOTAS[record["model_id"]]["tokens_per_minute"])
        for tokens, record in busiest_tokens()
    ]
    assert min(quota // tokens for tokens, quota in known if quota) > PEOPLE
    most = max(tokens for tokens, _ in known)
    assert SMALL // most == 4
    assert "a room of thirty fits into the same minute" in prose
    assert f"with {SMALL:,} tokens a minute only four people do" in prose
    shown = printed("SMALL =")
    assert f": {-(-PEOPLE * most // SMALL)} minutes at {SMALL:,}" in shown
    counted = ("input_tokens", "cache_write_tokens", "max_tokens")
    day = sum(record[name] for record in USAGE for name in counted) * PEOPLE * 3
    assert f"the whole course: {day:,} tokens, of {SMALL * 24 * 60:,} a day" in shown


def test_output_counts_five_fold_for_claude_alone(prose):
    counts = {name: record["output_counts"] for name, record in QUOTAS.items()}
    claude = {name for name in counts if "claude" in name}
    assert {counts[name] for name in claude} == {5}
    assert {counts[name] for name in counts if name not in claude} == {1}
    assert "an output token counts five-fold with Claude since 3.7" in prose
    assert f"the minute's times {24 * 60:,}" in prose


def test_one_retry_was_made(prose):
    assert printed("crowded = ").rstrip().endswith(", 1)")
    assert "One retry, and nobody noticed." in prose


def test_what_is_said_of_roles_is_what_assume_role_says(prose):
    assert "exceeds the 1 hour session limit for roles" in assume_role._CHAINED
    for words in re.findall(r"\*(exceeds the [^*]+)\*", prose):
        assert words.rstrip(".") in assume_role._CHAINED + assume_role._TOO_LONG
    assert "`MaxSessionDuration` is 1 to 12 hours" in prose
    assert " for 4 hours" in printed("SEATS = [")
    assert "at the end of the fourth hour" in prose


def test_the_denials_are_read_as_they_are(prose):
    denied = error("modelId=PRO")
    assert "assumed-role/course-room/seat-02" in denied
    assert "no identity-based policy allows" in denied
    assert "*Who* is `seat-02`; *no identity-based policy allows* it" in prose
    (cell,) = [
        c
        for c in cells()
        if "".join(c["source"]).startswith("theirs.converse(modelId=MODEL")
    ]
    assert "with an explicit deny in an identity-based" in cell["outputs"][0]["evalue"]
    assert "ExpiredTokenException" in error("later.offline.pass_time(61)")


def test_two_seats_called_and_one_was_denied_once(prose):
    rows = [row.split() for row in printed("by_seat").splitlines()[2:] if row]
    assert [(seat, int(denied)) for seat, denied, *_ in rows] == [
        ("seat-01", 0),
        ("seat-02", 1),
    ]
    assert "Two seats called, one was denied once." in prose


def test_no_key_is_in_any_output():
    for cell in cells():
        assert not re.search(r"ASIA[0-9A-Z]{16}|SessionToken", str(cell.get("outputs")))
