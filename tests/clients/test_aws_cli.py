"""AWS CLI, version 1."""

import json

import pytest

from bedrock_helpers.catalog import CLAUDE_HAIKU_4_5
from tests.clients.conftest import ASKED, installed, offline_bedrock, run

PACKAGE = "awscli"
REFUSED = 255  # of version 2 it is 254
FORM = {
    "companyName": "Example",
    "companyWebsite": "https://example.com",
    "intendedUsers": "0",
    "industryOption": "Education",
    "useCases": "Learning",
}
MESSAGES = [{"role": "user", "content": [{"text": ASKED["question"]}]}]
NO_SUCH_MODEL = ("--model-id", "amazon.no-such-model")


def words(value):
    """An option's value as it stands on a command line."""
    return value if isinstance(value, str) else json.dumps(value)


class Aws:
    """`aws`, against one server."""

    def __init__(self, variables, home):
        self._variables, self._home = variables, home

    def run(self, *command):
        """Run a command; its exit code, what it printed and its complaint."""
        line = [installed("aws"), *map(words, command)]
        return run(line, self._variables | {"AWS_DEFAULT_OUTPUT": "json"}, self._home)

    def __call__(self, *command):
        """Run a command that succeeds; the JSON it printed."""
        done = self.run(*command)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "null")

    def refused(self, *command):
        """Run a command that is refused; what it said."""
        done = self.run(*command)
        assert done.returncode == REFUSED
        return done.stderr


@pytest.fixture
def aws(server, home):
    """`aws` with the server that all share."""
    return Aws(server, home)


@pytest.fixture
def aws_of_new_account(tmp_path):
    """`aws` with an account that has nothing granted yet."""
    with offline_bedrock(tmp_path, "--account", "new") as variables:
        yield Aws(variables, tmp_path)


def test_the_models_of_one_provider_are_listed(aws):
    """ListFoundationModels"""
    found = aws("bedrock", "list-foundation-models", "--by-provider", "Amazon")
    ids = [model["modelId"] for model in found["modelSummaries"]]
    assert ASKED["nova"] in ids
    assert all(one.startswith("amazon.") for one in ids)


def test_one_model_is_described(aws):
    """GetFoundationModel"""
    command = ("get-foundation-model", "--model-identifier", ASKED["nova"])
    model = aws("bedrock", *command)["modelDetails"]
    assert model["modelName"] == "Nova Micro"
    assert model["modelLifecycle"]["status"] == "ACTIVE"


def test_every_page_of_inference_profiles_is_fetched(aws):
    """ListInferenceProfiles"""
    command = ("bedrock", "list-inference-profiles", "--page-size", "5")
    found = aws(*command)["inferenceProfileSummaries"]
    ids = [profile["inferenceProfileId"] for profile in found]
    assert ASKED["haiku"] in ids
    assert len(set(ids)) == len(ids) > 5


def test_one_inference_profile_is_described(aws):
    """GetInferenceProfile"""
    identifier = ("--inference-profile-identifier", ASKED["haiku"])
    profile = aws("bedrock", "get-inference-profile", *identifier)
    assert profile["type"] == "SYSTEM_DEFINED"
    assert all(CLAUDE_HAIKU_4_5 in model["modelArn"] for model in profile["models"])


def test_a_new_account_fills_in_the_form_and_agrees(aws_of_new_account):
    """PutUseCaseForModelAccess, GetUseCaseForModelAccess,
    ListFoundationModelAgreementOffers, CreateFoundationModelAgreement,
    GetFoundationModelAvailability, DeleteFoundationModelAgreement
    """
    aws = aws_of_new_account
    model = ("--model-id", CLAUDE_HAIKU_4_5)

    def availability():
        found = aws("bedrock", "get-foundation-model-availability", *model)
        return found["agreementAvailability"]["status"]

    get_form = ("bedrock", "get-use-case-for-model-access")
    assert "ResourceNotFoundException" in aws.refused(*get_form)
    aws("bedrock", "put-use-case-for-model-access", "--form-data", FORM)
    assert aws(*get_form)["formData"]
    offers = aws("bedrock", "list-foundation-model-agreement-offers", *model)["offers"]
    assert availability() == "NOT_AVAILABLE"
    token = ("--offer-token", offers[0]["offerToken"])
    aws("bedrock", "create-foundation-model-agreement", *token, *model)
    assert availability() == "AVAILABLE"
    aws("bedrock", "delete-foundation-model-agreement", *model)
    assert availability() == "NOT_AVAILABLE"


def test_an_inference_profile_is_made_tagged_and_deleted(aws):
    """CreateInferenceProfile, TagResource, ListTagsForResource, UntagResource,
    DeleteInferenceProfile
    """
    model = f"arn:aws:bedrock:us-east-1::foundation-model/{ASKED['nova']}"
    source = ("--model-source", f"copyFrom={model}", "--tags", "key=team,value=shop")
    named = ("--inference-profile-name", "shop questions")
    made = aws("bedrock", "create-inference-profile", *named, *source)
    arn = made["inferenceProfileArn"]
    resource = ("--resource-arn", arn)

    def tags():
        found = aws("bedrock", "list-tags-for-resource", *resource)["tags"]
        return {tag["key"]: tag["value"] for tag in found}

    aws("bedrock", "tag-resource", *resource, "--tags", "key=stage,value=test")
    assert tags() == {"team": "shop", "stage": "test"}
    aws("bedrock", "untag-resource", *resource, "--tag-keys", "stage")
    assert tags() == {"team": "shop"}
    profile = ("--inference-profile-identifier", arn)
    aws("bedrock", "delete-inference-profile", *profile)
    assert "ResourceNotFoundException" in aws.refused(
        "bedrock", "list-tags-for-resource", *resource
    )


def test_provisioned_throughput_is_bought_renamed_and_deleted(aws):
    """CreateProvisionedModelThroughput, UpdateProvisionedModelThroughput,
    GetProvisionedModelThroughput, ListProvisionedModelThroughputs,
    DeleteProvisionedModelThroughput
    """
    what = ("--model-id", f"{ASKED['nova']}:128k", "--model-units", "1")
    named = ("--provisioned-model-name", "mine")
    buy = ("bedrock", "create-provisioned-model-throughput", *named, *what)
    arn = aws(*buy)["provisionedModelArn"]
    bought = ("--provisioned-model-id", arn)
    rename = ("--desired-provisioned-model-name", "yours")
    aws("bedrock", "update-provisioned-model-throughput", *bought, *rename)
    found = aws("bedrock", "get-provisioned-model-throughput", *bought)
    assert (found["provisionedModelName"], found["status"]) == ("yours", "InService")
    listed = ("bedrock", "list-provisioned-model-throughputs", "--name-contains")
    assert len(aws(*listed, "your")["provisionedModelSummaries"]) == 1
    aws("bedrock", "delete-provisioned-model-throughput", *bought)
    assert aws(*listed, "your")["provisionedModelSummaries"] == []


def test_a_guardrail_is_made_changed_applied_and_deleted(aws):
    """CreateGuardrail, CreateGuardrailVersion, UpdateGuardrail, GetGuardrail,
    ListGuardrails, ApplyGuardrail, DeleteGuardrail
    """
    said = ("--blocked-input-messaging", "No.", "--blocked-outputs-messaging", "No.")

    def words(word):
        policy = {"wordsConfig": [{"text": word}]}
        return ("--name", "words", *said, "--word-policy-config", policy)

    def applied(version):
        content = ("--content", [{"text": {"text": "What of Athena?"}}])
        which = (*mine, "--guardrail-version", version, "--source", "INPUT")
        return aws("bedrock-runtime", "apply-guardrail", *which, *content)["action"]

    made = aws("bedrock", "create-guardrail", *words("Athena"))
    mine = ("--guardrail-identifier", made["guardrailId"])
    assert aws("bedrock", "create-guardrail-version", *mine)["version"] == "1"
    aws("bedrock", "update-guardrail", *mine, *words("Delphi"))
    draft = aws("bedrock", "get-guardrail", *mine)
    assert draft["wordPolicy"]["words"][0]["text"] == "Delphi"
    versions = aws("bedrock", "list-guardrails", *mine)["guardrails"]
    assert {one["version"] for one in versions} == {"DRAFT", "1"}
    assert (applied("1"), applied("DRAFT")) == ("GUARDRAIL_INTERVENED", "NONE")
    aws("bedrock", "delete-guardrail", *mine)
    gone = aws.refused("bedrock", "get-guardrail", *mine)
    assert "ResourceNotFoundException" in gone


def test_invocations_are_logged_into_a_bucket_while_that_is_on(aws):
    """PutModelInvocationLoggingConfiguration, GetModelInvocationLoggingConfiguration,
    DeleteModelInvocationLoggingConfiguration
    """
    aws("s3api", "create-bucket", "--bucket", "calls")
    config = {"s3Config": {"bucketName": "calls"}}
    put = ("bedrock", "put-model-invocation-logging-configuration")
    aws(*put, "--logging-config", config)
    assert aws("bedrock", "get-model-invocation-logging-configuration") == {
        "loggingConfig": config
    }
    listed = aws("s3api", "list-objects-v2", "--bucket", "calls")["Contents"]
    assert [one["Key"].rpartition("/")[2] for one in listed] == [
        "amazon-bedrock-logs-permission-check"
    ]
    aws("bedrock", "delete-model-invocation-logging-configuration")
    assert aws("bedrock", "get-model-invocation-logging-configuration") in (None, {})


def test_a_question_is_answered(aws, lesson_reply):
    """Converse"""
    settings = ("--inference-config", f"maxTokens={ASKED['max_tokens']},temperature=0")
    model = ("--model-id", ASKED["nova"])
    command = ("bedrock-runtime", "converse", *model, *settings, "--messages", MESSAGES)
    reply = aws(*command)
    assert reply["output"]["message"]["content"] == [{"text": lesson_reply["text"]}]
    assert reply["stopReason"] == "end_turn"
    assert reply["usage"]["outputTokens"] == lesson_reply["output_tokens"]


def test_tokens_are_counted(aws):
    """CountTokens"""
    asked = ("--input", {"converse": {"messages": MESSAGES}})
    model = ("--model-id", CLAUDE_HAIKU_4_5)
    counted = aws("bedrock-runtime", "count-tokens", *model, *asked)
    assert 5 < counted["inputTokens"] < 50


def test_a_native_body_is_answered_into_a_file(aws, tmp_path):
    """InvokeModel"""
    body = {"messages": MESSAGES, "inferenceConfig": {"maxTokens": 4}}
    asked = ("--model-id", ASKED["nova"], "--body", body)
    answer = tmp_path / "answer.json"
    told = aws("bedrock-runtime", "invoke-model", *asked, str(answer))
    assert told["contentType"] == "application/json"
    reply = json.loads(answer.read_text())
    assert reply["stopReason"] == "max_tokens"
    assert reply["usage"]["outputTokens"] == 4


def test_the_caller_is_named(aws):
    """GetCallerIdentity of STS"""
    caller = aws("sts", "get-caller-identity")
    assert caller["Arn"].startswith(f"arn:aws:iam::{caller['Account']}:")


def test_a_refusal_is_an_exit_code_and_a_sentence(aws):
    """a refusal, exit code 255"""
    command = ("bedrock-runtime", "converse", *NO_SUCH_MODEL, "--messages", MESSAGES)
    said = aws.refused(*command)
    assert "(ValidationException) when calling the Converse operation" in said
    assert said.strip().endswith("The provided model identifier is invalid.")


@pytest.mark.parametrize(
    "command", ["converse-stream", "invoke-model-with-response-stream"]
)
def test_operations_with_event_streams_are_no_commands(aws, command):
    """not ConverseStream and InvokeModelWithResponseStream, which it leaves out"""
    done = aws.run("bedrock-runtime", command)
    assert done.returncode != 0
    assert "Invalid choice" in done.stderr or "invalid choice" in done.stderr
