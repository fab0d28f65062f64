"""Every figure of the page on shared hubs is that of the stored measurement."""

import re

import pytest

from bedrock_helpers.data_files import load_json
from tests.workshop.guide import GUIDE, table_with

MEASURED = load_json("room_measurements.json")
ROOMS, HUB = MEASURED["rooms"], MEASURED["by_hand"][0]
PAGE = (GUIDE / "shared_hub.md").read_text(encoding="utf-8")
_MB_PER_GB = 1000


def room(model, kernels, slots=0):
    """What was measured of one room."""
    wanted = {"model": model, "kernels": kernels, "slots": slots}
    return next(one for one in ROOMS if wanted.items() <= one.items())


def shown(value):
    return str(value) if value else "–"


def further_mb(model, slots=0):
    """What one more person takes: a kernel more, and a Jupyter server."""
    one, ten = (room(model, kernels, slots)["memory_mb"] for kernels in (1, 10))
    return round((ten - one) / 9) + HUB["memory_mb"]


def slot_mb():
    """What one more slot of the model server takes, to the nearest ten."""
    many, few = (room("shared", 1, slots)["memory_mb"] for slots in (8, 2))
    return 10 * round((many - few) / 60)


def test_every_measured_room_is_in_the_table_as_it_was_measured():
    columns = {
        "model": "model",
        "slots": "slots",
        "kernels": "kernels",
        "memory, MB": "memory_mb",
        "of it weights": "weights_mb",
        "first token, ms": "first_token_ms",
        "slowest, ms": "slowest_first_token_ms",
        "tokens a second": "tokens_per_second",
    }
    rows = table_with(PAGE, *columns)
    expected = [
        {column: shown(one[field]) for column, field in columns.items()}
        for one in ROOMS
    ]
    assert rows == expected


def test_people_per_gigabyte_follow_from_it():
    rows = table_with(PAGE, "people per GB")
    assert [row["model"] for row in rows] == ["own", "shared, 4 slots"]
    for row, mb in zip(rows, (further_mb("own"), further_mb("shared", 4)), strict=True):
        assert row["each further person, MB"] == str(mb)
        assert row["people per GB"] == f"{_MB_PER_GB / mb:.1f}"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (r"takes about (\d+) MB", slot_mb()),
        (r"too: (\d+) MB", HUB["memory_mb"]),
        (r"the file: (\d+) MB for ten", room("own", 10)["weights_mb"]),
        (
            r"model of its own, (\d+) MB",
            room("own", 1)["memory_mb"] + HUB["memory_mb"],
        ),
        (r"for (\d+) tokens each", MEASURED["tokens_a_reply"]),
        (r"with (\d+) processors", MEASURED["machine"]["processors"]),
        (r"processors \((.+?)\)", MEASURED["machine"]["processor"]),
        (r"\) and (\d+) GB, measured", MEASURED["machine"]["memory_gb"]),
        (r"measured on\s+([\d-]{10})", MEASURED["as_of"]),
    ],
)
def test_every_figure_in_the_text_is_a_measured_one(words, value):
    found = re.findall(words, " ".join(PAGE.split()))
    assert found == [str(value)]


def test_sharing_saves_memory_and_keeps_the_weights_once():
    own, shared = room("own", 10), room("shared", 10, 4)
    assert shared["memory_mb"] < own["memory_mb"] / 2
    assert own["weights_mb"] < 2 * room("own", 1)["weights_mb"]
