"""A seat's keys, as the host's notebook makes them, carry the lessons' live cells."""

import json
import stat
import tempfile
from types import SimpleNamespace

import boto3
import pytest

from bedrock_helpers.offline.server import serve
from tests.loopback_aws import without_aws
from tests.preflight.planted import preflight
from tests.rehearsal.rehearsal import rehearse
from tools.refresh_notebooks import REPOSITORY, read_notebook

FOLDER = REPOSITORY / "notebooks"
HOSTS = FOLDER / "workshop" / "accounts_and_costs.ipynb"
#: The cells of the host's notebook that come to the policy and to the budget.
MEASURED = "usage = pd.DataFrame("
POLICY = (MEASURED, "ASK = [", "lessons = bh", "looking = ")
BUDGET = (MEASURED, "def usd(", "rows = usage", "PEOPLE, ", "careless = ")
LESSONS = ("01_setup_and_model_access", "02_invoke_basics", "05_pricing")


def ran(beginnings):
    """The names some cells of the host's notebook leave behind, run offline."""
    cells = [c.source for c in read_notebook(HOSTS).cells if c.cell_type == "code"]
    names = {}
    for words in beginnings:
        (source,) = [source for source in cells if words in source]
        exec(compile(source, "cell", "exec"), names)  # our own notebook
    return names


@pytest.fixture(scope="module")
def policy():
    return ran(POLICY)["policy"]


@pytest.fixture(scope="module")
def budget_usd():
    return ran(BUDGET)["budget_usd"]


def client(server, name, keys=None):
    keys = keys or {"AccessKeyId": "any", "SecretAccessKey": "any"}
    return boto3.client(
        name,
        region_name="us-east-1",
        endpoint_url=server.url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
    )


def seat(server, policy):
    """The environment of a seat: a role with that policy, taken on."""
    iam, name = client(server, "iam"), "course-room"
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        },
    }
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    document = json.dumps(policy)
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    keys = client(server, "sts").assume_role(
        RoleArn=role["Role"]["Arn"], RoleSessionName="seat-01"
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def test_a_seats_file_is_its_hosts_alone_and_gives_way_to_new_keys(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    write_keys = ran(("def write_keys",))["write_keys"]
    for secret in ("of nine o'clock", "of ten"):
        keys = {"AccessKeyId": "ASIA", "SecretAccessKey": secret, "SessionToken": "t"}
        path = write_keys("seat-01", keys, "us-east-1")
        assert f"export AWS_SECRET_ACCESS_KEY={secret}\n" in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [path] == [file for file in tmp_path.rglob("*") if file.is_file()]


def test_everything_works_for_a_seat(policy, monkeypatch, tmp_path):
    without_aws(monkeypatch, tmp_path)
    with serve() as server:
        environment = {**server.environment, **seat(server, policy)}
        page = preflight("--live", **environment)
    assert (page.code, page.crosses) == (0, []), page.text


@pytest.mark.parametrize("name", LESSONS)
def test_every_live_cell_runs_for_a_seat_within_its_budget(
    name, policy, budget_usd, tmp_path
):
    path = FOLDER / f"{name}.ipynb"
    for kind in ("offline", "live"):
        (tmp_path / kind).mkdir()
    offline = rehearse(read_notebook(path), FOLDER, tmp_path / "offline")
    with serve() as server:
        environment = {**server.environment, **seat(server, policy)}
        environment["BEDROCK_ROOM"] = f"budget_usd={budget_usd}"
        theirs = SimpleNamespace(url=server.url, environment=environment)
        live = rehearse(read_notebook(path), FOLDER, tmp_path / "live", theirs)
    for here, there in zip(offline, live, strict=True):
        if "live" in there.tags:
            assert there.error == here.error, f"cell {there.number}"
    assert any(cell.asked(live=True) for cell in live)
