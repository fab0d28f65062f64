"""Every notebook, live, against the offline Bedrock over HTTP: no account, no bill."""

from concurrent.futures import ThreadPoolExecutor

import boto3
import nbformat
import pytest

import bedrock_helpers as bh
from bedrock_helpers.offline.server import serve
from tests.rehearsal.rehearsal import rehearse
from tools.refresh_notebooks import REPOSITORY, find_notebooks, read_notebook

NOTEBOOKS = find_notebooks(REPOSITORY / "notebooks")
#: What a live session asks by itself: who it is, and whether it is subscribed.
OWN_QUESTIONS = {"GetCallerIdentity", "GetFoundationModelAvailability"}


@pytest.fixture(
    scope="module", params=NOTEBOOKS, ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def runs(request, tmp_path_factory):
    """One notebook's cells after a live run and after an offline run."""
    path = request.param
    with serve() as server, ThreadPoolExecutor() as pool:
        before = account_state(server)
        both = [
            pool.submit(
                rehearse,
                read_notebook(path),
                path.parent,
                tmp_path_factory.mktemp("run"),
                service,
            )
            for service in (server, None)
        ]
        live, offline = (run.result() for run in both)
        return live, offline, before, account_state(server)


def account_state(server):
    """The form and every agreement of the account behind a server."""
    bedrock = boto3.client(
        "bedrock",
        region_name="us-east-1",
        endpoint_url=server.url,
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    try:
        form = bedrock.get_use_case_for_model_access()["formData"]
    except bedrock.exceptions.ResourceNotFoundException:
        form = None
    sold = [m.model_id for m in bh.catalog.all_models() if m.on_marketplace]
    state = {"form": form, **{m: agreement(bedrock, m) for m in sold}}
    bedrock.close()
    return state


def agreement(bedrock, model_id):
    """Whether the account has an agreement for a model, as AWS words it."""
    try:
        state = bedrock.get_foundation_model_availability(modelId=model_id)
    except bedrock.exceptions.ValidationException:
        return "not in this Region"
    return state["agreementAvailability"]["status"]


def test_every_cell_fails_live_where_it_fails_offline_and_nowhere_else(runs):
    live, offline, _, _ = runs
    assert [(c.number, c.error) for c in live] == [(c.number, c.error) for c in offline]


def test_cells_tagged_offline_ask_the_live_service_nothing(runs):
    live, *_ = runs
    assert [c for c in live if "offline" in c.tags and c.asked(live=True)] == []


def test_cells_tagged_live_ask_the_live_service_what_they_ask_offline(runs):
    live, offline, _, _ = runs
    for there, here in zip(live, offline, strict=True):
        if "live" in there.tags:
            asked = [n for n in there.asked(live=True) if n not in OWN_QUESTIONS]
            assert asked == here.asked(live=False), f"cell {there.number}"
            assert there.asked(live=False) == [], f"cell {there.number}"


def test_a_notebook_with_live_cells_does_call_the_live_service(runs):
    live, *_ = runs
    if any("live" in cell.tags for cell in live):
        assert any(cell.asked(live=True) for cell in live)


def test_the_account_is_afterwards_as_it_was_before(runs):
    _, _, before, after = runs
    assert after == before


HAIKU = bh.catalog.CLAUDE_HAIKU_4_5
CHANGES = {
    "PutUseCaseForModelAccess",
    "CreateFoundationModelAgreement",
    "DeleteFoundationModelAgreement",
}
CONNECT = """
import json
import bedrock_helpers as bh
session = bh.connect(allow={allow})
bedrock = session.client("bedrock")
sold = {{"modelId": bh.catalog.CLAUDE_HAIKU_4_5}}
"""
FILL_IN = """
form = {"companyName": "Example", "companyWebsite": "https://example.com",
        "intendedUsers": "0", "industryOption": "Education", "useCases": "Learning"}
bedrock.put_use_case_for_model_access(formData=json.dumps(form).encode())
"""
SUBSCRIBE = """
offers = bedrock.list_foundation_model_agreement_offers(**sold)["offers"]
bedrock.create_foundation_model_agreement(**sold, offerToken=offers[0]["offerToken"])
"""
CALL = """
runtime = session.client("bedrock-runtime")
runtime.converse(
    modelId=bh.catalog.id_for(sold["modelId"], session.region_name),
    messages=[{"role": "user", "content": [{"text": "Hi"}]}],
    inferenceConfig={"maxTokens": 1})
"""
CLEAN_UP = "bedrock.delete_foundation_model_agreement(**sold)"
RENT = """
bedrock.create_provisioned_model_throughput(
    modelUnits=1, provisionedModelName="rented", modelId=bh.catalog.NOVA_MICRO)
"""
LESSON = [
    ("live", CONNECT),
    ("changes-account", FILL_IN),
    ("changes-account", SUBSCRIBE),
    ("live", CALL),
    ("changes-account", CLEAN_UP),
    ("changes-account", RENT),
]


def lesson(allow, cells):
    """A notebook that changes the account and cleans up."""
    notebook = nbformat.v4.new_notebook()
    for tag, source in cells:
        source = source.format(allow=allow) if source is CONNECT else source
        cell = nbformat.v4.new_code_cell(source.strip(), metadata={"tags": [tag]})
        notebook.cells.append(cell)
    return notebook


def rehearsed(scratch, allow, cells=LESSON):
    """The lesson's cells after a live run, and a new account before and after it."""
    with serve(account="new") as server:
        before = account_state(server)
        run = rehearse(lesson(allow, cells), scratch, scratch, server)
        return run, before, account_state(server)


def test_unallowed_changes_are_refused_and_nothing_of_them_is_sent(tmp_path):
    cells, before, after = rehearsed(tmp_path, allow=set())
    errors = [cell.error for cell in cells]
    assert errors == ["", *["AccountChangeRefused"] * 5]
    assert not CHANGES.intersection(name for c in cells for name in c.asked(live=True))
    assert after == before


def test_allowed_changes_are_made_but_for_what_bills_by_the_hour(tmp_path):
    cells, before, after = rehearsed(tmp_path, CHANGES)
    assert [cell.error for cell in cells] == [*[""] * 5, "AccountChangeRefused"]
    assert CHANGES <= {name for cell in cells for name in cell.asked(live=True)}
    assert after.pop("form") and not before.pop("form")  # AWS takes no form back
    assert after == before


def test_a_lesson_that_does_not_clean_up_is_found_out(tmp_path):
    forgetful = [cell for cell in LESSON if cell[1] is not CLEAN_UP]
    _, before, after = rehearsed(tmp_path, CHANGES, forgetful)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"form", HAIKU}


def test_a_cell_tagged_offline_that_goes_live_is_found_out(tmp_path):
    cells, *_ = rehearsed(tmp_path, set(), [("offline", CONNECT)])
    assert cells[0].asked(live=True) == ["GetCallerIdentity"]


def test_a_cell_tagged_live_that_stays_offline_is_found_out(tmp_path):
    stays = """
import bedrock_helpers as bh
bh.connect("offline").client("bedrock").list_foundation_models()
"""
    cells, *_ = rehearsed(tmp_path, set(), [("live", stays)])
    assert cells[0].calls == (("ListFoundationModels", False),)
