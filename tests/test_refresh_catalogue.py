"""make refresh-catalogue, live, against the offline Bedrock over HTTP."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_helpers.offline.server import serve
from tests.loopback_aws import Answer, LoopbackAws, loopback_aws, without_aws
from tests.price_records import own
from tools.refresh_catalogue import data_files, price_changes
from tools.refresh_catalogue.__main__ import DATA, main
from tools.refresh_catalogue.price_list import Told
from tools.refresh_catalogue.price_rows import read_row

FILES = {"models.json": ("models",), "prices.json": ("today", "provisioned")}
DAY = "2026-10-27"
#: The Regions in which the planted differences can be seen.
THREE = ("--regions", "us-east-1", "us-west-1", "us-west-2")
RAY, MICRO, LITE = "luma.ray-v2:0", "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0"
GPT_OSS, HAIKU = "openai.gpt-oss-20b-1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0"


@pytest.fixture(scope="module")
def server():
    with serve() as running:
        yield running


@pytest.fixture
def live(server, monkeypatch, tmp_path):
    """The variables of a live session whose answers come from the offline Bedrock."""
    without_aws(monkeypatch, tmp_path)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def data(tmp_path):
    """A copy of the two files."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in FILES:
        shutil.copy(DATA / name, folder)
    return folder


@pytest.fixture
def run(live, data, capsys):
    """Run the command; its exit code and the lines it printed."""

    def command(*arguments):
        code = main(["--data", str(data), "--day", DAY, *arguments])
        return code, capsys.readouterr().out.splitlines()

    return command


def texts(folder):
    return {name: (folder / name).read_text(encoding="utf-8") for name in FILES}


def records(folder, name, part):
    """A list of a file by id, and by place where an id has several records."""
    found = json.loads((folder / name).read_text(encoding="utf-8"))[part]
    return {
        (r["model_id"], r.get("region_name"), r.get("commitment_months")): r
        for r in found
    }


def plant(folder, name, part, model_id, change):
    """Change one record of a copy; ``change`` gives the new one, or None."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    changed = [
        change(record) if record["model_id"] == model_id else record
        for record in json.loads(text)[part]
    ]
    kept = [record for record in changed if record is not None]
    path.write_text(data_files.with_records(text, part, kept), encoding="utf-8")


def plant_model(folder, model_id, change):
    plant(folder, "models.json", "models", model_id, change)


def plant_price(folder, model_id, change):
    plant(folder, "prices.json", "today", model_id, change)


def with_price(tier, kind, usd):
    """A change of one price of a record; None takes it out."""

    def change(record):
        tiers = {t: dict(p) for t, p in record["usd_per_million"].items()}
        tiers[tier] |= {kind: usd}
        if usd is None:
            del tiers[tier][kind]
        return {**record, "usd_per_million": tiers}

    return change


def differences(lines):
    return [line.strip() for line in lines if line[:4].strip() in ("+", "-", "~")]


def test_on_unchanged_data_nothing_differs_and_nothing_is_written(run, data):
    before = texts(data)
    code, lines = run("--write")
    assert (code, differences(lines)) == (0, [])
    assert lines[-1] == "Nothing differs."
    assert texts(data) == before


def test_it_says_that_it_is_live_and_whether_on_aws(run, server):
    _, lines = run("--regions", "us-east-1")
    assert "LIVE" in lines[0]
    assert f"Its calls go to {server.url}, not to AWS." in lines[1]


@pytest.fixture
def planted(data):
    """A copy that differs in seven records from what the offline Bedrock says."""
    plant_model(data, RAY, lambda record: None)
    plant_model(data, LITE, lambda record: {**record, "status": "LEGACY"})
    plant_model(
        data,
        MICRO,
        lambda record: {
            **record,
            "streaming": False,
            "profiles": {
                **record["profiles"],
                "us": [*record["profiles"]["us"], "us-west-1"],
            },
        },
    )
    plant_model(
        data,
        GPT_OSS,
        lambda record: {
            **record,
            "on_demand_regions": [
                r for r in record["on_demand_regions"] if r != "us-west-2"
            ],
        },
    )
    plant_price(data, MICRO, with_price("default", "output", "0.2"))
    plant_price(data, HAIKU, with_price("default", "cache_write_1h", None))
    plant_price(data, GPT_OSS, lambda record: None)
    return data


def test_it_shows_exactly_what_was_planted(run, planted):
    code, lines = run(*THREE)
    assert code == 1
    day = "of 20261122"
    gpt = "USE1-gpt-oss-20b"
    prices = {
        "default input: 0.07": f"{gpt}-input-tokens",
        "default output: 0.3": f"{gpt}-output-tokens",
        "flex input: 0.035": f"{gpt}-input-tokens-flex",
        "flex output: 0.15": f"{gpt}-output-tokens-flex",
        "priority input: 0.1225": f"{gpt}-input-tokens-priority",
        "priority output: 0.525": f"{gpt}-output-tokens-priority",
        "batch input: 0.035": f"{gpt}-input-tokens-batch",
        "batch output: 0.15": f"{gpt}-output-tokens-batch",
    }
    assert differences(lines) == [
        f"~ {LITE}  status: LEGACY → ACTIVE  (us-east-1)",
        f"~ {MICRO}  streaming: no → yes  (us-east-1)",
        f"- us.{MICRO}  profile, no longer in us-west-1",
        f"+ {RAY}  Luma AI; TEXT → VIDEO; ACTIVE; on demand in us-west-2",
        f"+ {GPT_OSS}  on demand, now in us-west-2",
        f"~ {MICRO}  default output: 0.2 → 0.14  "
        f"(USE1-NovaMicro-output-tokens, AmazonBedrock {day})",
        *(
            f"+ {GPT_OSS}  {what}  ({usage}, AmazonBedrock {day})"
            for what, usage in prices.items()
        ),
        f"+ {HAIKU}  default cache write 1h: 2.2  "
        "(USE1-MP:USE1_CacheWrite1hInputTokenCount-Units, "
        f"AmazonBedrockFoundationModels {day})",
    ]
    count = len(differences(lines))
    assert lines[-1] == f"Differences: {count}. Nothing was written; --write does."


def test_without_write_nothing_changes(run, planted):
    before = texts(planted)
    assert run(*THREE)[0] == 1
    assert texts(planted) == before


def test_write_restores_the_data(run, planted):
    code, lines = run("--write", *THREE)
    assert code == 1
    assert lines[-1].startswith(f"Differences written: {len(differences(lines))}.")
    for name, parts in FILES.items():
        for part in parts:
            restored, original = records(planted, name, part), records(DATA, name, part)
            assert restored.keys() == original.keys()
            for key, record in original.items():
                assert told(restored[key]) == told(record), key


def told(record):
    """A record without where and when it was read."""
    return {k: v for k, v in record.items() if k not in ("source", "as_of")}


def test_written_records_and_no_others_have_the_source_and_the_day(run, planted):
    run("--write", *THREE)
    models, prices = (
        {key[0]: record for key, record in records(planted, name, part).items()}
        for name, part in (("models.json", "models"), ("prices.json", "today"))
    )
    new = {i for i, record in models.items() if "account" in record["source"]}
    assert new == {RAY, LITE, MICRO, GPT_OSS}
    assert all(models[i]["as_of"] == DAY for i in new)
    changed = {i for i, p in prices.items() if "price-list-api" in p["source"]}
    assert changed == {MICRO, HAIKU, GPT_OSS}
    assert prices[GPT_OSS]["source"] == "price-list-api"


def test_written_files_keep_their_layout_and_their_legend(run, planted):
    run("--write", *THREE)
    written, original = texts(planted), texts(DATA)
    for name, source in {
        "models.json": "account",
        "prices.json": "price-list-api",
    }.items():
        mine, before = (lines_of(each[name]) for each in (written, original))
        new = [line for line in mine if line not in before]
        assert all(source in line for line in new), new
        legend = json.loads(written[name])["sources"]
        assert "make refresh-catalogue" in legend[source]
        used = {
            each
            for value in json.loads(written[name]).values()
            if isinstance(value, list)
            for record in value
            for each in sources_of(record)
        }
        assert used == legend.keys()


def lines_of(text):
    """A file's lines without what joins them to the next."""
    return [line.removesuffix(",") for line in text.splitlines()]


def sources_of(record):
    source = record["source"]
    return source if isinstance(source, list) else source.split(", ")


def test_after_writing_nothing_differs(run, planted):
    run("--write", *THREE)
    assert run(*THREE)[0] == 0


def test_other_regions_are_left_alone(run, planted):
    code, lines = run("--regions", "eu-west-1")
    assert [line for line in differences(lines) if LITE not in line] == [
        f"~ {MICRO}  streaming: no → yes  (eu-west-1)"
    ]
    assert code == 1


def test_a_model_the_account_does_not_list_any_more_is_told(run, data):
    plant_model(data, RAY, lambda record: {**record, "model_id": "luma.ray-v9:0"})
    _, lines = run("--regions", "us-west-2")
    assert "- luma.ray-v9:0  is listed nowhere any more" in differences(lines)


def test_a_region_that_does_not_answer_is_told_and_left_alone(run, data):
    code, lines = run("--regions", "us-east-1", "mars-north-1")
    assert code == 2
    assert any("mars-north-1: " in line for line in lines)
    assert differences(lines) == []


def test_a_region_that_is_no_name_of_one_is_told(run):
    code, lines = run("--regions", "somewhere else")
    assert code == 2
    assert any("somewhere else: " in line for line in lines)


def test_a_price_list_that_may_not_be_read_is_told(run, monkeypatch):
    with LoopbackAws().running() as denying:
        denying.fail_next(400, "AccessDeniedException", "not for you")
        monkeypatch.setenv("AWS_ENDPOINT_URL_PRICING", denying.url)
        code, lines = run("--regions", "us-east-1")
    assert code == 2
    assert any("the price list: " in line and "not for you" in line for line in lines)


def price_list(monkeypatch, *rows):
    """A server whose price list has these records, in its first part."""
    pages = [{"FormatVersion": "aws_v1", "PriceList": [*map(json.dumps, rows)]}, {}]
    aws = LoopbackAws()
    aws.answers.extend(Answer(200, json.dumps(page).encode()) for page in pages)
    monkeypatch.setenv("AWS_ENDPOINT_URL_PRICING", aws.url)
    return aws.running()


def test_what_is_not_understood_is_listed_and_left(run, monkeypatch):
    rows = [
        own("USE1-NovaMicro-input-tokens", "0.0000350000", model="Nova Micro"),
        own("USE1-NovaMicro-input-tokens-turbo", "7", model="Nova Micro"),
        own("USE1-Unheard-input-tokens", "7", model="Unheard Of"),
        own("USE1-Unheard-output-tokens", "7", model="Unheard Of"),
        own("USE1-NovaMicro-input-tokens-custom-model", "7", model="Nova Micro"),
        own("USE1-NovaMicro-output-tokens", "7", model="Nova Lite"),
    ]
    with price_list(monkeypatch, *rows):
        code, lines = run("--regions", "us-east-1")
    told = [line.strip() for line in lines]
    assert (code, differences(lines)) == (0, [])
    assert "1 × USE1-NovaMicro-input-tokens-turbo: the words turbo" in told
    assert "2 × no known model is called 'Unheard' or 'Unheard Of'" in told
    assert f"1 × 'NovaMicro' or 'Nova Lite' may be {LITE} or {MICRO}" in told
    assert "1 × customised models" in told
    assert GPT_OSS in told[told.index("No record in the list, left as it is:") :]


def test_of_two_prices_that_contradict_each_other_neither_is_taken(run, monkeypatch):
    rows = [
        own("USE1-NovaMicro-input-tokens", "0.5", model="Nova Micro"),
        own("USE1-amazon.nova-micro-input-tokens", "0.6", model="Nova Micro"),
        own("USE1-NovaMicro-input-tokens", "0.5", model="Nova Micro"),
    ]
    with price_list(monkeypatch, *rows):
        code, lines = run("--regions", "us-east-1")
    assert (code, differences(lines)) == (0, [])
    assert any("two prices: 500.0 in USE1-NovaMicro-input-tokens" in n for n in lines)


def test_answers_that_are_not_of_aws_are_not_written_into_the_project(live, capsys):
    before = texts(DATA)
    assert main(["--write"]) == 2
    assert "not from AWS" in capsys.readouterr().out
    assert texts(DATA) == before


def test_without_credentials_it_says_how_to_get_some(monkeypatch, tmp_path, capsys):
    with loopback_aws(monkeypatch, tmp_path, keys={}) as aws:
        assert main([]) == 2
        assert aws.requests == []
    assert "aws configure" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--day", "tomorrow"], "'tomorrow': an ISO day is wanted"),
        (["--data", "tools"], "no models.json and no prices.json in tools"),
    ],
)
def test_an_argument_that_is_none_is_refused_at_once(arguments, words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert words in capsys.readouterr().err


def test_it_asks_only_what_reads(server, live, data, monkeypatch):
    asked = []
    answer = server.offline.answer

    def noted(method, url, headers, body):
        asked.append((method, url, headers.get("x-amz-target")))
        return answer(method, url, headers, body)

    monkeypatch.setattr(server.offline, "answer", noted)
    main(["--data", str(data), "--day", DAY, "--regions", "us-east-1"])
    targets = {target for _, _, target in asked if target}
    assert targets == {"AWSPriceListService.GetProducts"}
    others = [(method, url) for method, url, target in asked if not target]
    paths = {
        url.partition(".com")[2].partition("?")[0] for m, url in others if m == "GET"
    }
    assert paths == {"/foundation-models", "/inference-profiles"}


@pytest.mark.parametrize("name", FILES)
def test_writing_the_same_records_changes_no_byte(name):
    text = (DATA / name).read_text(encoding="utf-8")
    again = text
    for part in FILES[name]:
        again = data_files.with_records(again, part, json.loads(text)[part])
    again = data_files.with_sources(again, json.loads(text)["sources"])
    assert again == text


def test_a_files_day_never_goes_back():
    text = '{\n "as_of": "2026-11-22",\n'
    assert data_files.with_day(text, "2026-10-27") == text
    assert "2027-01-01" in data_files.with_day(text, "2027-01-01")


# Prices, from single records


def told_by(*rows, model_id=MICRO):
    """What a price list of these records tells of one id."""
    told = Told(regions=["us-east-1"])
    read = [read_row(row) for row in rows]
    told.tokens[model_id] = {(r.tier, r.kind, r.is_long): r for r in read}
    return told


def priced(source="price-list-api", **prices):
    tiers = {"default": {"input": "1", "output": "2", **prices}}
    return {"model_id": MICRO, "usd_per_million": tiers, "source": source, "as_of": "x"}


IN, OUT = (
    own("USE1-NovaMicro-input-tokens", "0.001"),
    own("USE1-NovaMicro-output-tokens", "0.002"),
)


def test_a_price_the_list_told_before_and_tells_no_more_is_gone():
    records, lines, _ = price_changes.refreshed_prices(
        [priced(cache_read="0.25")], told_by(IN, OUT), DAY
    )
    assert lines == [f"- {MICRO}  default cache read: 0.25"]
    assert records[0]["usd_per_million"] == {"default": {"input": "1", "output": "2"}}


def test_a_price_that_another_source_told_stays():
    before = [priced("model-card", cache_read="0.25")]
    records, lines, notes = price_changes.refreshed_prices(
        before, told_by(IN, OUT), DAY
    )
    assert lines == [] and records == before
    assert notes == [f"{MICRO}: default cache read not in the list"]


def test_a_record_that_keeps_prices_of_another_source_names_both():
    before = [priced("model-card", cache_read="0.25", output="9")]
    (record,), lines, _ = price_changes.refreshed_prices(before, told_by(IN, OUT), DAY)
    assert len(lines) == 1
    assert record["source"] == "model-card, price-list-api"
    assert record["usd_per_million"]["default"]["cache_read"] == "0.25"


def test_a_price_without_its_other_half_is_not_added():
    records, lines, notes = price_changes.refreshed_prices([], told_by(IN), DAY)
    assert (records, lines) == ([], [])
    assert notes == [f"{MICRO}: no price for input and output, so not added"]


def test_a_new_price_of_long_prompts_needs_the_length_by_hand():
    long = own("USE1-NovaMicro-input-tokens-long-context", "0.002")
    before = [priced()]
    records, lines, notes = price_changes.refreshed_prices(
        before, told_by(IN, OUT, long), DAY
    )
    assert (records, lines) == (before, [])
    assert notes == [
        f"{MICRO}: long prompts have a price of their own; above_prompt_tokens is not "
        "told, so add it by hand"
    ]


PER_THOUSAND = st.decimals("0.0000001", "0.9", places=7).map(str)


@given(first=st.tuples(PER_THOUSAND, PER_THOUSAND), then=PER_THOUSAND)
def test_what_was_written_once_does_not_differ_again(first, then):
    usages = "USE1-NovaMicro-input-tokens", "USE1-NovaMicro-output-tokens"
    once = told_by(*map(own, usages, first))
    records, lines, _ = price_changes.refreshed_prices([], once, DAY)
    assert len(lines) == 2
    assert price_changes.refreshed_prices(records, once, DAY)[:2] == (records, [])
    later = told_by(own(usages[0], then), own(usages[1], first[1]))
    _, lines, _ = price_changes.refreshed_prices(records, later, DAY)
    assert len(lines) == (Decimal(then) != Decimal(first[0]))


def test_an_hour_of_throughput_is_compared_by_region_and_commitment():
    hour = own(
        "USE1-NovaMicro-ProvisionedThroughput-1month-ModelUnits", "55.00", "hour"
    )
    told = Told(hours={(MICRO, "us-east-1", 1): read_row(hour)})
    records, lines = price_changes.refreshed_hours([], told, DAY)
    assert records == [
        {
            "model_id": MICRO,
            "region_name": "us-east-1",
            "commitment_months": 1,
            "usd_per_model_unit_hour": "55",
            "source": "price-list-api",
            "as_of": DAY,
        }
    ]
    assert lines[0].startswith(f"+ {MICRO} in us-east-1, 1 months: 55 per model unit")
    assert price_changes.refreshed_hours(records, told, DAY) == (records, [])
    everywhere = [{**records[0], "region_name": None}]
    assert price_changes.refreshed_hours(everywhere, told, DAY) == (everywhere, [])


def test_make_has_the_command():
    makefile = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")
    assert "-m tools.refresh_catalogue $(ARGS)" in makefile
