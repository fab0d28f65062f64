"""The data files: dated, sourced, described, small, and fit for the lessons."""

import datetime
import json
import re
import warnings
from pathlib import Path

import pytest

from bedrock_helpers import benchmark, catalog, pricing
from tools import store_benchmarks

DATA = Path(__file__).resolve().parent.parent / "data"
LESSON_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
DAYS_BEFORE_THE_END = 60
LARGEST_FILE_BYTES = 300_000


def load(name):
    """A file of data/; of a folder, its index."""
    path = DATA / name / "index.json" if name.endswith("/") else DATA / name
    return json.loads(path.read_text(encoding="utf-8"))


MODELS = load("models.json")
ERRORS = load("errors.json")["errors"]
PARAMETERS = load("parameters.json")
PRICES = load("prices.json")
OBSERVED = load("observed.json")
PUBLISHED = load("published_benchmarks.json")
TOKEN_PRICES = PRICES["today"] + PRICES["launch_day"]
ROOMS = load("room_measurements.json")
RECORDS = {
    "models.json": MODELS["models"],
    "prices.json": TOKEN_PRICES + PRICES["images"] + PRICES["provisioned"],
    "published_benchmarks.json": PUBLISHED["benchmarks"] + PUBLISHED["not_found"],
    "prompt_caching.json": load("prompt_caching.json")["models"],
    "service_tiers.json": load("service_tiers.json")["models"],
    "default_quotas.json": load("default_quotas.json")["quotas"],
    "lesson_usage.json": load("lesson_usage.json")["usage"],
    "room_measurements.json": ROOMS["rooms"] + ROOMS["by_hand"],
    "errors.json": list(ERRORS.values()),
    "observed.json": OBSERVED["metrics"] + OBSERVED["wordings"],
    "iam_errors.json": list(load("iam_errors.json")["errors"].values()),
    "lesson_replies.json": load("lesson_replies.json")["replies"],
    "prompt_guides.json": load("prompt_guides.json")["guides"],
    "distributions/": load("distributions/")["distributions"],
    "parameters.json": PARAMETERS["families"] + PARAMETERS["parameters"],
}
RECORDINGS = [
    json.loads(line)
    for path in sorted((DATA / "recordings").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
RUNS = {p.stem: load(f"benchmarks/{p.name}") for p in (DATA / "benchmarks").iterdir()}
MEASURED = [dict.fromkeys(run["columns"]) for run in RUNS.values()]
DESCRIBED = {**RECORDS, "recordings/": RECORDINGS, "benchmarks/": MEASURED}


def sections():
    """Each file's part of the README, by its heading."""
    text = (DATA / "README.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def lesson_models():
    called = (*catalog.LESSON_MODELS, catalog.CLAUDE_SONNET_4_6)
    return [catalog.get(model_id) for model_id in called]


# Every record


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_is_dated_and_sourced(name):
    lacking = [r for r in RECORDS[name] if not (r.get("source") and r.get("as_of"))]
    assert lacking == []


@pytest.mark.parametrize("name", RECORDS)
def test_every_date_is_a_date(name):
    for record in RECORDS[name]:
        for field, value in record.items():
            if field == "as_of":
                assert re.match(r"20\d\d", value), record
            elif field.endswith("_date") and value is not None:
                datetime.date.fromisoformat(value)


def test_no_record_is_from_the_future_of_its_file():
    dates = [record["as_of"] for record in RECORDS["prices.json"]]
    assert max(dates) <= PRICES["as_of"]


def test_every_source_of_a_model_is_in_the_legend():
    named = {source for model in MODELS["models"] for source in model["source"]}
    assert named == set(MODELS["sources"])


def test_every_wording_is_sourced_or_approximate():
    assert {record["wording"] for record in ERRORS.values()} == {
        "sourced",
        "approximate",
    }


def test_a_cause_comes_with_a_cure():
    assert [k for k, r in ERRORS.items() if ("cause" in r) != ("cure" in r)] == []


def test_no_model_is_there_twice():
    ids = [model["model_id"] for model in MODELS["models"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["today", "launch_day", "images", "provisioned"])
def test_no_price_is_there_twice(name):
    charged_for = [
        tuple(v for k, v in record.items() if k[:4] != "usd_" and k != "long_context")
        for record in PRICES[name]
    ]
    assert len(charged_for) == len(set(charged_for))


def test_every_source_of_a_price_is_in_the_legend():
    sources = [record["source"].split(", ") for record in RECORDS["prices.json"]]
    named = {name for names in sources for name in names}
    assert named == set(PRICES["sources"])


def test_launch_days_prices_are_those_of_models_of_launch_day():
    assert all(catalog.get(r["model_id"]).launch_day for r in PRICES["launch_day"])


def test_every_priced_id_is_of_a_model_and_can_be_called_somewhere():
    for record in PRICES["today"]:
        geography, bare = catalog.split_profile_id(record["model_id"])
        model = catalog.get(bare)
        if geography is None:
            assert model.on_demand_regions or model.profiles
        else:
            assert geography in model.profiles


def test_lifecycle_dates_come_in_order():
    for model in catalog.all_models():
        days = model.legacy_date, model.extended_access_date, model.end_of_life_date
        known = [day for day in days if day is not None]
        assert known == sorted(known), model.model_id


def test_a_status_agrees_with_its_dates():
    """Legacy models may be listed past their end: the dates differ by Region."""
    for model in catalog.all_models():
        end = model.end_of_life_date
        if model.status == "EOL":
            assert end is None or end <= catalog.AS_OF, model.model_id
        if model.status == "ACTIVE":
            assert end is None or end > catalog.AS_OF, model.model_id


def test_every_recording_answers_one_request_once():
    keys = [(r["key"], r["occurrence"]) for r in RECORDINGS]
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key, _ in keys)


def test_a_published_figure_is_of_a_model_of_the_catalogue():
    ids = {model.model_id for model in catalog.all_models()}
    assert {record["model_id"] for record in PUBLISHED["benchmarks"]} <= ids


def test_a_published_figure_is_there_once_and_gives_some_time():
    keys = [record["key"] for record in PUBLISHED["benchmarks"]]
    assert len(set(keys)) == len(keys)
    for record in PUBLISHED["benchmarks"]:
        times = [v for k, v in record.items() if k[:3] in ("fir", "lat")]
        assert any(time is not None for time in times), record["key"]


@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_ours_says_when_and_with_what_and_was_answered_by_the_model(name):
    run = RUNS[name]
    known = {"measured_on", "machine", "load_average", "python", "boto3", "retries"}
    assert known <= run["about"].keys() and "stopped" not in run["about"]
    table = benchmark.load(DATA / "benchmarks" / f"{name}.json")
    assert set(table["error"]) == {""}
    told = "SmolLM2-135M on this machine, just now (offline)"
    assert set(table["answered_by"]) == {told}
    assert table["sent"].nunique() == len(run["requests"])


def test_the_runs_are_those_that_the_tool_makes():
    assert set(RUNS) == set(store_benchmarks.RUNS)


# The README


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_readme_describes_every_field(name):
    described = set(re.findall(r"`([a-z_]+)`", sections()[name]))
    fields = {field for record in DESCRIBED[name] for field in record}
    assert fields - described == set()


@pytest.mark.parametrize("name", RECORDS)
def test_the_readme_describes_no_field_that_is_gone(name):
    rows = re.findall(r"^\| (`.+?) \|", sections()[name], flags=re.MULTILINE)
    described = {field for row in rows for field in re.findall(r"`([a-z_]+)`", row)}
    fields = {field for record in RECORDS[name] for field in record}
    assert described <= fields


@pytest.mark.parametrize("name", RECORDS)
def test_the_readme_describes_every_top_level_member(name):
    assert all(f"`{member}`" in sections()[name] for member in load(name))


def test_the_readme_has_a_part_for_every_file_and_no_other():
    files = {path.name for path in DATA.iterdir() if path.name != "README.md"}
    assert {heading.rstrip("/") for heading in sections()} == files


def test_the_readme_names_every_source_of_the_legend():
    legend = sections()["models.json"]
    assert all(f"`{source}`" in legend for source in MODELS["sources"])


@pytest.mark.parametrize(
    "path", [p for p in sorted(DATA.rglob("*")) if p.is_file()], ids=lambda p: p.name
)
def test_a_data_file_is_small(path):
    assert path.stat().st_size < LARGEST_FILE_BYTES


# The models the lessons call


@pytest.mark.parametrize("model", lesson_models(), ids=lambda model: model.name)
def test_a_lesson_model_is_active(model):
    assert model.status == "ACTIVE"


@pytest.mark.parametrize("region", LESSON_REGIONS)
@pytest.mark.parametrize("model", lesson_models(), ids=lambda model: model.name)
def test_a_lesson_model_has_a_price_for_every_id_of_a_lesson_region(model, region):
    here = region in model.on_demand_regions
    ids = [model.model_id] * here + model.profile_ids(region)
    assert ids, f"{model.model_id} cannot be called from {region}"
    for model_id in ids:
        assert pricing.price_of(model_id).usd_per_million_output > 0


@pytest.mark.parametrize("model", lesson_models(), ids=lambda model: model.name)
def test_a_lesson_model_lives_on_beyond_the_catalogues_date(model):
    left = catalog.days_left(model.model_id, catalog.AS_OF)
    assert left is None or left >= DAYS_BEFORE_THE_END


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("model", lesson_models(), ids=lambda model: model.name)
def test_a_lesson_model_near_its_end_today_is_a_warning(model):
    left = catalog.days_left(model.model_id)
    if left is not None and left < DAYS_BEFORE_THE_END:
        warnings.warn(f"{model.model_id} ends in {left} days", stacklevel=1)


@pytest.mark.parametrize("model", lesson_models(), ids=lambda model: model.name)
def test_what_the_budget_needs_of_a_lesson_model_is_known(model):
    assert model.context_window_tokens
    assert model.max_output_tokens


def test_a_sourced_wording_names_where_it_was_read():
    named = re.compile(r"https?://|^AWS |botocore|Amazon Bedrock User Guide")
    unnamed = [
        key
        for key, record in ERRORS.items()
        if record["wording"] == "sourced" and not named.search(record["source"])
    ]
    assert not unnamed


def test_no_recording_stands_twice():
    lines = [
        json.loads(line)
        for path in sorted((DATA / "recordings").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    identities = [(line["key"], line["occurrence"]) for line in lines]
    assert identities
    assert len(set(identities)) == len(identities)
