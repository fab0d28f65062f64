"""Numbers and words that notebook 06's prose repeats are those of its outputs."""

import json
import ssl

import pytest

import bedrock_helpers as bh
from tests.notebooks.prose import FOLDER, prose_of

NAME = "06_security.ipynb"
HAIKU = bh.catalog.id_for(bh.catalog.CLAUDE_HAIKU_4_5)


@pytest.fixture(scope="module")
def prose():
    return prose_of(NAME)


def cell_with(words):
    cells = json.loads((FOLDER / NAME).read_text(encoding="utf-8"))["cells"]
    (cell,) = [c for c in cells if words in "".join(c["source"]) and "outputs" in c]
    return cell


def printed(words):
    """The stored output, as text, of the cell whose source has these words."""
    data = [output.get("data", output) for output in cell_with(words)["outputs"]]
    return "\n".join("".join(d.get("text", d.get("text/plain", ""))) for d in data)


def denial(words):
    (output,) = cell_with(words)["outputs"]
    return output["evalue"]


def test_the_policy_has_three_statements_and_no_converse(prose):
    stored = printed("policies.least_privilege(session)")
    assert stored.count('"Sid"') == 3 and "bedrock:Converse" not in stored
    assert "Three statements, and no `Converse`" in prose
    assert "It does, with three statements." in prose


def test_the_denials_end_as_the_table_says(prose):
    implicit = denial("app.converse(modelId=bh.catalog.NOVA_LITE")
    assert implicit.endswith(
        "no identity-based policy allows the bedrock:InvokeModel action"
    )
    assert "no identity-based policy allows the … action" in prose
    explicit = denial("no_streams = ")
    assert "with an explicit deny in a session policy" in explicit
    assert "with an explicit deny in …" in prose


def test_two_calls_were_denied_and_the_trail_has_no_prompt(prose):
    assert printed("records = [json.loads").count("AccessDenied") == 2
    assert "Find the two that were denied." in prose
    assert printed("newest = records[0]").rstrip().endswith("False")


def test_nova_micro_was_called_twice(prose):
    assert printed("points = cloudwatch.get_metric_statistics").strip().endswith("2.0)")
    assert "Two calls, ours and the application's." in prose


def test_the_alarms_threshold_is_the_one_the_prose_names(prose):
    assert '"Threshold": 300' in "".join(cell_with("ALARM = {")["source"])
    assert "more than 300 in an hour" in prose
    assert printed("ALARM = {").strip() == "'OK'"
    assert printed('wild = [{"role"').startswith("ALARM")


def test_python_takes_tls_1_2_at_least(prose):
    assert printed("create_urllib3_context()").split() == [
        "TLSv1_2",
        str(ssl.HAS_TLSv1_3),
        "CERT_REQUIRED",
    ]
    assert "1.2 at least, 1.3 where both sides know it" in prose


def test_the_global_profile_names_no_region(prose):
    profiles = bh.catalog.get(bh.catalog.CLAUDE_HAIKU_4_5).profiles
    assert {"us", "global"} <= set(profiles)
    last = printed("regions_of = {}").strip().splitlines()[-1]
    assert last.endswith("1 ['']")
    assert "(its ARN names none)" in prose


def test_a_blocked_prompt_reached_no_model(prose):
    assert "0 tokens read by the model" in printed("guardrailConfig={**GUARDED")
    assert "no model was asked" in prose
