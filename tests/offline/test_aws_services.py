"""Other AWS services of an offline account: each session's own, nothing of AWS's."""

import gc
import io
import threading
import weakref

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

import bedrock_helpers as bh
from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.aws_services import SERVICES
from bedrock_helpers.offline.server import serve
from bedrock_helpers.offline.session import ANSWERED, ServiceNotOffline
from tests.offline.over_http import clients
from tests.offline.programs import result, run

BUCKET = "logs-of-a-lesson"
ENDPOINT = "com.amazonaws.us-east-1.bedrock-runtime"
BUDGET = {
    "BudgetName": "course",
    "BudgetLimit": {"Amount": "5", "Unit": "USD"},
    "TimeUnit": "MONTHLY",
    "BudgetType": "COST",
}


def iam(client):
    client("iam").create_user(UserName="ana")
    return sorted(user["UserName"] for user in client("iam").list_users()["Users"])


def sts(client):
    return client("sts").get_caller_identity()["Account"]


def cloudwatch(client):
    value = {"MetricName": "Calls", "Value": 1, "Unit": "Count"}
    client("cloudwatch").put_metric_data(Namespace="Lesson", MetricData=[value])
    metrics = client("cloudwatch").list_metrics(Namespace="Lesson")["Metrics"]
    return [metric["MetricName"] for metric in metrics]


def logs(client):
    client("logs").create_log_group(logGroupName="/bedrock/calls")
    groups = client("logs").describe_log_groups()["logGroups"]
    return [group["arn"].split(":")[4] for group in groups]


def s3(client):
    client("s3").create_bucket(Bucket=BUCKET)
    client("s3").put_object(Bucket=BUCKET, Key="a/b c", Body=b"\x00kept")
    return client("s3").get_object(Bucket=BUCKET, Key="a/b c")["Body"].read()


def kms(client):
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    sealed = client("kms").encrypt(KeyId=key, Plaintext=b"a prompt")
    opened = client("kms").decrypt(CiphertextBlob=sealed["CiphertextBlob"])
    return key.split(":")[4], opened["Plaintext"]


def ec2(client):
    (vpc,) = client("ec2").describe_vpcs()["Vpcs"]
    wanted = {"VpcEndpointType": "Interface", "ServiceName": ENDPOINT}
    client("ec2").create_vpc_endpoint(VpcId=vpc["VpcId"], **wanted)
    made = client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    return [endpoint["ServiceName"] for endpoint in made]


def budgets(client):
    client("budgets").create_budget(AccountId=ACCOUNT_ID, Budget=BUDGET)
    made = client("budgets").describe_budgets(AccountId=ACCOUNT_ID)["Budgets"]
    return [budget["BudgetName"] for budget in made]


def cloudtrail(client):
    return client("cloudtrail").describe_trails()["trailList"]


def service_quotas(client):
    found = client("service-quotas").list_service_quotas(ServiceCode="bedrock")
    return {quota["ServiceName"] for quota in found["Quotas"]}


#: What each service is asked, and what it should say.
ASKED = {
    iam: ["ana", "learner"],
    sts: ACCOUNT_ID,
    cloudwatch: ["Calls"],
    logs: [ACCOUNT_ID],
    s3: b"\x00kept",
    kms: (ACCOUNT_ID, b"a prompt"),
    ec2: [ENDPOINT],
    budgets: ["course"],
    cloudtrail: [],
    service_quotas: {"Amazon Bedrock"},
}


@pytest.fixture
def session():
    return bh.connect("offline")


@pytest.fixture(scope="module")
def shared():
    """A session with a bucket, for all examples of a property."""
    session = bh.connect("offline")
    session.client("s3").create_bucket(Bucket=BUCKET)
    return session


def refused(call, **parameters):
    """The error a call ends in: code, status and text."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    reply = caught.value.response
    status = reply["ResponseMetadata"]["HTTPStatusCode"]
    return reply["Error"]["Code"], status, reply["Error"]["Message"]


# What they answer


@pytest.mark.parametrize("ask", ASKED, ids=lambda ask: ask.__name__)
def test_a_service_gives_back_what_it_was_told(session, ask):
    assert ask(session.client) == ASKED[ask]


@pytest.mark.parametrize("ask", ASKED, ids=lambda ask: ask.__name__)
def test_it_does_so_over_http_too(ask):
    with serve() as server, clients(server) as client:
        assert ask(client) == ASKED[ask]


@pytest.mark.parametrize("ask", (iam, s3, kms), ids=lambda ask: ask.__name__)
def test_it_does_so_where_a_key_is_needed(ask):
    key = "sixteen-letters-x"
    with serve(key=key) as server, clients(server, secret=key) as client:
        assert ask(client) == ASKED[ask]


def test_every_service_is_tried_here():
    names = {name.removeprefix("cloudwatch-") for name in SERVICES.values()}
    assert {ask.__name__.replace("_", "-") for ask in ASKED} == names


def test_a_file_in_several_parts_comes_back_whole(session):
    storage, content = session.client("s3"), bytes(range(256)) * 40_000
    storage.create_bucket(Bucket=BUCKET)
    storage.upload_fileobj(io.BytesIO(content), BUCKET, "large")
    received = io.BytesIO()
    storage.download_fileobj(BUCKET, "large", received)
    assert received.getvalue() == content


@given(st.binary(max_size=300), st.text("aé/ +%?&=.-_", min_size=1, max_size=20))
def test_any_object_comes_back_from_s3(shared, body, key):
    storage = shared.client("s3")
    storage.put_object(Bucket=BUCKET, Key=key, Body=body)
    assert storage.get_object(Bucket=BUCKET, Key=key)["Body"].read() == body


@given(st.text(min_size=1, max_size=70), st.text(max_size=50))
def test_whatever_iam_is_told_it_answers_or_refuses(shared, name, document):
    people = shared.client("iam")
    try:
        people.create_user(UserName=name)
        people.put_user_policy(
            UserName=name, PolicyName="p", PolicyDocument=document or "{}"
        )
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] < 500


def test_iam_takes_no_name_with_other_characters(session):
    code, status, text = refused(session.client("iam").create_user, UserName="a b")
    assert (code, status) == ("ValidationError", 400)
    assert text == (
        "The specified value for userName is invalid. It must contain only "
        "alphanumeric characters and/or the following: +=,.@_-"
    )


# To whom they belong


def test_sessions_do_not_see_each_other():
    first, second = bh.connect("offline"), bh.connect("offline")
    iam(first.client), s3(first.client)
    assert [u["UserName"] for u in second.client("iam").list_users()["Users"]] == [
        "learner"
    ]
    assert second.client("s3").list_buckets()["Buckets"] == []
    assert s3(second.client) == b"\x00kept"  # the same name, a bucket of its own
    first.client("s3").delete_object(Bucket=BUCKET, Key="a/b c")
    assert "Contents" in second.client("s3").list_objects_v2(Bucket=BUCKET)


def test_sessions_in_threads_do_not_see_each_other():
    found = []

    def use():
        client = bh.connect("offline").client
        found.append([ask(client) == ASKED[ask] for ask in (iam, s3, logs, kms)])

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[True] * 4] * 4


def test_threads_of_one_session_share_its_account(session):
    people = session.client("iam")

    def create(number):
        people.create_user(UserName=f"user{number}")

    threads = [threading.Thread(target=create, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(people.list_users()["Users"]) == 9


def test_the_same_calls_make_the_same_ids():
    first, second = (made_by(bh.connect("offline").client) for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)


def made_by(client):
    """Ids that services make up."""
    people, keys = client("iam"), client("kms")
    user = people.create_user(UserName="ana")["User"]["UserId"]
    other = people.create_user(UserName="ben")["User"]["UserId"]
    access = people.create_access_key(UserName="ana")["AccessKey"]
    key = keys.create_key()["KeyMetadata"]["KeyId"]
    vpc = client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    return [user, other, access["AccessKeyId"], access["SecretAccessKey"], key, vpc]


def test_ids_do_not_depend_on_what_was_only_looked_at():
    plain, looked_around = bh.connect("offline"), bh.connect("offline")
    looked_around.client("iam").list_users()
    looked_around.client("ec2").describe_vpcs()
    assert made_by(plain.client) == made_by(looked_around.client)


def test_keys_are_of_the_account_in_which_they_were_made_last():
    before, now = bh.connect("offline"), bh.connect("offline")
    old, new = made_by(before.client), made_by(now.client)
    names = "AccessKeyId", "SecretAccessKey"
    assert old == new
    theirs = bh.connect("offline", credentials=dict(zip(names, new[2:4], strict=True)))
    assert theirs.offline is now.offline


# What they are not


def test_another_service_is_refused_before_anything_is_sent(session):
    with pytest.raises(ServiceNotOffline) as caught:
        session.client("sns").list_topics()
    assert all(name in str(caught.value) for name in (*ANSWERED, "not sns"))


def test_another_service_is_refused_over_http_by_name():
    with serve() as server, clients(server) as client:
        code, status, text = refused(client("sns").list_topics)
    assert (code, status) == ("NotAvailableOffline", 501)
    assert "cannot answer for sns, only for bedrock," in text


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "words"),
    [
        (
            "iam",
            "generate_service_last_accessed_details",
            {"Arn": f"arn:aws:iam::{ACCOUNT_ID}:user/ana"},
            "do GenerateServiceLastAccessedDetails of iam.",
        ),
        ("cloudtrail", "list_channels", {}, "do ListChannels of cloudtrail."),
        (
            "ec2",
            "describe_vpc_endpoint_services",
            {},
            "do DescribeVpcEndpointServices of ec2 with these parameters",
        ),
        ("s3", "list_directory_buckets", {}, "answer for s3express"),
    ],
)
def test_what_moto_cannot_do_says_so(session, service, operation, parameters, words):
    call = getattr(session.client(service), operation)
    code, status, text = refused(call, **parameters)
    assert (code, status) == ("NotAvailableOffline", 501)
    assert words in text


@pytest.mark.parametrize(
    ("service", "code"),
    [("iam", "SignatureDoesNotMatch"), ("kms", "InvalidSignatureException")],
)
def test_a_clock_that_is_wrong_is_noticed_by_every_service(session, service, code):
    session.offline.set_clock(minutes_ahead=20)
    call = {"iam": "list_users", "kms": "list_keys"}[service]
    found, _, text = refused(getattr(session.client(service), call))
    assert found == code and "Signature expired" in text


# What is left behind


def moto_holds():
    """What moto keeps of anybody right now."""
    from moto.core.base_backend import BackendDict
    from moto.s3.models import s3_backends

    held = [dict(service) for service in BackendDict._instances]
    return [one for one in held if one], s3_backends.bucket_accounts


def test_between_requests_moto_holds_nothing_and_is_switched_off(session):
    from moto.core.models import botocore_stubber

    for ask in (iam, s3, logs):
        ask(session.client)
    assert moto_holds() == ([], {})
    assert not botocore_stubber.enabled


def test_what_somebody_else_does_with_moto_is_not_disturbed(session):
    from moto import mock_aws

    s3(session.client)
    with mock_aws():
        mocked = boto3.Session("any", "any", region_name="us-east-1")
        iam(mocked.client), s3(mocked.client)
        iam(session.client)
        users = mocked.client("iam").list_users()["Users"]
        assert [user["UserName"] for user in users] == ["ana"]
        assert len(mocked.client("s3").list_buckets()["Buckets"]) == 1
        assert len(session.client("s3").list_buckets()["Buckets"]) == 1
    assert len(session.client("iam").list_users()["Users"]) == 2


@pytest.mark.filterwarnings("error")
def test_what_an_account_kept_goes_with_its_session():
    session = bh.connect("offline")
    s3(session.client)
    session.client("s3").put_object(Bucket=BUCKET, Key="a/b c", Body=b"newer")
    with session.offline.services.opened() as backend:
        kept = weakref.ref(backend("s3").get_bucket(BUCKET).keys["a/b c"])
    assert kept().value == b"newer"
    del session, backend
    gc.collect()
    assert kept() is None


@pytest.mark.filterwarnings("error")
def test_objects_that_were_replaced_or_deleted_take_no_memory(session):
    client, kept = session.client("s3"), []
    client.create_bucket(Bucket=BUCKET)
    for number in range(200):
        client.put_object(Bucket=BUCKET, Key="key", Body=b"%d" % number)
        with session.offline.services.opened() as backend:
            kept.append(weakref.ref(backend("s3").get_bucket(BUCKET).keys["key"]))
    assert client.get_object(Bucket=BUCKET, Key="key")["Body"].read() == b"199"
    client.delete_object(Bucket=BUCKET, Key="key")
    del backend
    gc.collect()
    assert [one() for one in kept if one() is not None] == []


@pytest.mark.filterwarnings("error")
def test_the_parts_of_an_upload_that_was_given_up_take_no_memory(session):
    client = session.client("s3")
    client.create_bucket(Bucket=BUCKET)
    upload = {"Bucket": BUCKET, "Key": "key"}
    upload["UploadId"] = client.create_multipart_upload(**upload)["UploadId"]
    client.upload_part(**upload, PartNumber=1, Body=b"a part")
    with session.offline.services.opened() as backend:
        (begun,) = backend("s3").get_bucket(BUCKET).multiparts.values()
        part = weakref.ref(begun.parts[1])
    assert part().value == b"a part"
    client.abort_multipart_upload(**upload)
    del begun, backend
    gc.collect()
    assert part() is None


def test_a_live_session_stays_live(session, aws):
    iam(session.client)
    live = bh.connect("live")
    aws.requests.clear()
    live.client("sts").get_caller_identity()
    assert len(aws.requests) == 1
    assert b"Action=GetCallerIdentity" in aws.requests[0][2]


def test_moto_is_loaded_when_it_is_first_needed(tmp_path):
    program = """
        import json, sys
        import bedrock_helpers as bh
        session = bh.connect("offline")
        session.client("bedrock").list_foundation_models()
        session.client("sts").get_caller_identity()
        got = {"before": "moto" in sys.modules}
        session.client("iam").list_users()
        got["after"] = "moto" in sys.modules
        print(json.dumps(got))
    """
    assert result(run(program, home=tmp_path)) == {"before": False, "after": True}
