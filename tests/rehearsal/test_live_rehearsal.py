"""Every notebook, live, against the offline Bedrock over HTTP: no account, no bill."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import boto3
import nbformat
import pytest

import bedrock_helpers as bh
from bedrock_helpers.offline.server import serve
from tests.rehearsal.rehearsal import rehearse
from tools.refresh_notebooks import REPOSITORY, find_notebooks, read_notebook

NOTEBOOKS = find_notebooks(REPOSITORY / "notebooks")
#: What a live session asks by itself: who it is, whether it is subscribed, and, for a
#: policy, which models a profile leads to.
OWN_QUESTIONS = {
    "GetCallerIdentity",
    "GetFoundationModelAvailability",
    "GetInferenceProfile",
}


CHANGING = "changes-account"
#: How operations begin that read, cost tokens or give temporary keys.
HARMLESS = (
    *("Get", "List", "Describe", "Lookup", "Converse", "Invoke", "CountTokens"),
    *("ApplyGuardrail", "AssumeRole"),
)


@pytest.fixture(
    scope="module", params=NOTEBOOKS, ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def runs(request, tmp_path_factory):
    """One notebook's cells after every kind of run, and the account between them."""
    path = request.param

    def run(service=None, allow=()):
        scratch = tmp_path_factory.mktemp("run")
        return rehearse(read_notebook(path), path.parent, scratch, service, allow)

    with serve() as server, ThreadPoolExecutor() as pool:
        states = [account_state(server)]
        unallowed, offline = pool.map(run, (server, None))
        states.append(account_state(server))
        allowed = unallowed
        if changes := asked_by_changing_cells(offline):
            allowed = run(server, changes)
            states.append(account_state(server))
    return Runs(offline, allowed, unallowed, states)


@dataclass(frozen=True)
class Runs:
    """A notebook's cells offline, live with all it changes allowed, and without."""

    offline: list
    live: list
    unallowed: list
    states: list


def asked_by_changing_cells(offline):
    """What the cells tagged changes-account asked for in an offline run."""
    return {n for c in offline if CHANGING in c.tags for n in c.asked(live=False)}


#: What each kind of thing is listed by, and what tells one from another.
KEPT = {
    ("bedrock", "list_guardrails", "guardrails"): "name",
    ("budgets", "describe_budgets", "Budgets"): "BudgetName",
    ("cloudwatch", "describe_alarms", "MetricAlarms"): "AlarmName",
    ("cloudwatch", "list_dashboards", "DashboardEntries"): "DashboardName",
    ("ec2", "describe_subnets", "Subnets"): "CidrBlock",
    ("ec2", "describe_vpcs", "Vpcs"): "CidrBlock",
    ("iam", "list_access_keys", "AccessKeyMetadata"): "AccessKeyId",
    ("iam", "list_policies", "Policies"): "PolicyName",
    ("iam", "list_roles", "Roles"): "RoleName",
    ("iam", "list_users", "Users"): "UserName",
    ("logs", "describe_log_groups", "logGroups"): "logGroupName",
    ("s3", "list_buckets", "Buckets"): "Name",
}


def account_state(server):
    """The form, the agreements and all that is kept in the account of a server."""
    bedrock = client_of(server, "bedrock")
    try:
        form = bedrock.get_use_case_for_model_access()["formData"]
    except bedrock.exceptions.ResourceNotFoundException:
        form = None
    sold = [m.model_id for m in bh.catalog.all_models() if m.on_marketplace]
    state = {"form": form, **{m: agreement(bedrock, m) for m in sold}}
    logging = bedrock.get_model_invocation_logging_configuration()
    state["logging"] = logging.get("loggingConfig")
    own = bedrock.list_inference_profiles(typeEquals="APPLICATION")
    state["profiles"] = own["inferenceProfileSummaries"]
    for (service, call, listed), name in KEPT.items():
        more = {
            "describe_budgets": {"AccountId": "111122223333"},
            "list_policies": {"Scope": "Local"},  # not AWS's own
        }.get(call, {})
        found = getattr(client_of(server, service), call)(**more).get(listed, [])
        state[call] = sorted(one[name] for one in found)
    doors = client_of(server, "ec2").describe_vpc_endpoints()["VpcEndpoints"]
    state["doors"] = [d["ServiceName"] for d in doors if d["State"] != "deleted"]
    kms = client_of(server, "kms")
    keys = [kms.describe_key(KeyId=k["KeyId"]) for k in kms.list_keys()["Keys"]]
    states = [key["KeyMetadata"]["KeyState"] for key in keys]
    state["keys"] = [one for one in states if one != "PendingDeletion"]
    return state


def client_of(server, service):
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=server.url,
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )


def agreement(bedrock, model_id):
    """Whether the account has an agreement for a model, as AWS words it."""
    try:
        state = bedrock.get_foundation_model_availability(modelId=model_id)
    except bedrock.exceptions.ValidationException:
        return "not in this Region"
    return state["agreementAvailability"]["status"]


def asked(cell, live):
    """What a cell asked, but for what a live session asks by itself."""
    return [name for name in cell.asked(live) if name not in OWN_QUESTIONS]


def test_every_cell_fails_live_where_it_fails_offline_and_nowhere_else(runs):
    live, offline = runs.live, runs.offline
    assert [(c.number, c.error) for c in live] == [(c.number, c.error) for c in offline]


def test_cells_tagged_offline_ask_the_live_service_nothing(runs):
    cells = [c for c in runs.live if "offline" in c.tags]
    assert [c for c in cells if c.asked(live=True)] == []


@pytest.mark.parametrize("tag", ["live", CHANGING])
def test_other_cells_ask_the_live_service_what_they_ask_offline(runs, tag):
    for there, here in zip(runs.live, runs.offline, strict=True):
        if tag in there.tags:
            where = f"cell {there.number}"
            assert asked(there, live=True) == asked(here, live=False), where
            assert there.asked(live=False) == [], where


def test_without_allow_no_cell_changes_anything_and_the_others_run_as_they_did(runs):
    for free, bound in zip(runs.live, runs.unallowed, strict=True):
        if CHANGING not in bound.tags:
            assert (bound.error, asked(bound, True)) == (free.error, asked(free, True))
            continue
        assert [name for name in asked(bound, True) if is_change(name)] == []
        if any(map(is_change, asked(free, True))):
            nothing_found = not bound.error and all(map(is_look, asked(bound, True)))
            assert nothing_found or bound.error in ("AccountChangeRefused", "NameError")


def is_change(name):
    return not name.startswith(HARMLESS)


def is_look(name):
    """A clean-up that looks for what there is to delete may find nothing."""
    return name.startswith("List")


def test_a_notebook_with_live_cells_does_call_the_live_service(runs):
    if any("live" in cell.tags for cell in runs.live):
        assert any(cell.asked(live=True) for cell in runs.live)


def test_the_account_is_after_each_run_as_it_was_before(runs):
    assert all(state == runs.states[0] for state in runs.states[1:])


LOGGING = "PutModelInvocationLoggingConfiguration"
LOGGERS = [path for path in NOTEBOOKS if "06_security" in path.name]


@pytest.mark.parametrize("path", LOGGERS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_log_an_account_has_already_is_put_back(path, tmp_path):
    """Nothing else of theirs is touched either: a role, an alarm and a budget."""
    for name in ("offline", "live"):
        (tmp_path / name).mkdir()
    offline = rehearse(read_notebook(path), path.parent, tmp_path / "offline")
    allowed = asked_by_changing_cells(offline)
    assert LOGGING in allowed
    with serve() as server:
        furnish(server)
        before = account_state(server)
        rehearse(read_notebook(path), path.parent, tmp_path / "live", server, allowed)
        assert before["logging"]
        assert account_state(server) == before


def furnish(server):
    """What a company's account may have: a log, a role, an alarm, a budget."""
    s3, bedrock = client_of(server, "s3"), client_of(server, "bedrock")
    s3.create_bucket(Bucket="company-audit")
    s3.put_bucket_policy(Bucket="company-audit", Policy=json.dumps(WRITES))
    bedrock.put_model_invocation_logging_configuration(
        loggingConfig={
            "s3Config": {"bucketName": "company-audit"},
            "textDataDeliveryEnabled": True,
        }
    )
    client_of(server, "iam").create_role(
        RoleName="company", AssumeRolePolicyDocument=json.dumps(TRUSTS)
    )
    client_of(server, "cloudwatch").put_metric_alarm(
        AlarmName="company",
        Namespace="AWS/Bedrock",
        MetricName="Invocations",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=10**6,
        ComparisonOperator="GreaterThanThreshold",
    )
    client_of(server, "budgets").create_budget(
        AccountId="111122223333",
        Budget={
            "BudgetName": "company",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "1000", "Unit": "USD"},
        },
    )


WRITES = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::company-audit/*",
    },
}
TRUSTS = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}
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
