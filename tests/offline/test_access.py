"""The use-case form, Marketplace agreements and availability of a new account."""

import base64
import json

import pytest

from tests.offline.desk import FORM, HAIKU, MICRO, open_desk, tokens, user
from tests.offline.provocations import BARE_HAIKU, JAMBA, OPUS_5, offer_token

FIELDS = json.loads(FORM)
SHORT = {"inferenceConfig": tokens(1)}


@pytest.fixture
def new():
    return open_desk("new")


def form(**changed):
    return json.dumps({**FIELDS, **changed}).encode()


def submit(desk, data=FORM):
    return desk.call("PutUseCaseForModelAccess", formData=data)


def availability(desk, model):
    reply = desk.call("GetFoundationModelAvailability", modelId=model)
    return reply["agreementAvailability"]["status"]


def code_and_text(error):
    return error.response["Error"]["Code"], error.response["Error"]["Message"]


def test_amazons_own_models_need_nothing(new):
    assert new.converse(model=MICRO, **SHORT)["output"]


def test_claude_answers_once_the_form_is_in(new):
    refused = new.refused("Converse", **_asking(HAIKU))
    assert "use case details" in refused.response["Error"]["Message"]
    submit(new)
    assert new.converse(model=HAIKU, **SHORT)["output"]


def test_the_form_that_was_sent_comes_back_as_base64_text(new):
    submit(new)
    data = new.call("GetUseCaseForModelAccess")["formData"]
    assert base64.b64decode(data) == FORM


def test_the_ready_accounts_form_is_one_the_service_would_take(ready):
    data = base64.b64decode(ready.call("GetUseCaseForModelAccess")["formData"])
    submit(open_desk("new"), data)


def test_the_same_form_may_be_sent_again_but_not_another(new):
    submit(new)
    submit(new)
    error = new.refused("PutUseCaseForModelAccess", formData=form(companyName="Bo"))
    assert "already been submitted" in error.response["Error"]["Message"]


@pytest.mark.parametrize("users", ["0", "1", "2"])
def test_each_kind_of_users_is_taken(users, new):
    submit(new, form(intendedUsers=users))


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"[]",
        b"[" * 5000,
        b"{}",
        form(companyName=""),
        form(companyName="x" * 129),
        form(intendedUsers="3"),
        form(intendedUsers=1),
        form(useCases=None),
        form(companyWebsite=["a"]),
    ],
)
def test_a_form_of_another_shape_is_refused(data, new):
    error = new.refused("PutUseCaseForModelAccess", formData=data)
    assert code_and_text(error)[0] in ("ValidationException", "NotAvailableOffline")
    assert new.refused("GetUseCaseForModelAccess")


def test_availability_follows_form_and_agreement(new):
    assert availability(new, MICRO) == "AVAILABLE"
    assert availability(new, BARE_HAIKU) == "NOT_AVAILABLE"
    submit(new)
    assert availability(new, BARE_HAIKU) == "NOT_AVAILABLE"
    token = offer_token(BARE_HAIKU)
    new.call("CreateFoundationModelAgreement", modelId=BARE_HAIKU, offerToken=token)
    assert availability(new, BARE_HAIKU) == "AVAILABLE"


def test_the_first_call_makes_the_agreement_by_itself(new):
    submit(new)
    new.converse(model=HAIKU, **SHORT)
    assert availability(new, BARE_HAIKU) == "AVAILABLE"


def test_an_agreement_can_be_made_ended_and_made_again(new):
    submit(new)
    token = offer_token(BARE_HAIKU)
    for _ in "ab":
        new.call("CreateFoundationModelAgreement", modelId=BARE_HAIKU, offerToken=token)
        new.call("DeleteFoundationModelAgreement", modelId=BARE_HAIKU)
    error = new.refused("DeleteFoundationModelAgreement", modelId=BARE_HAIKU)
    assert code_and_text(error) == (
        "ValidationException",
        "No agreement exists to cancel",
    )


@pytest.mark.parametrize(
    "operation",
    [
        "GetFoundationModelAvailability",
        "ListFoundationModelAgreementOffers",
        "DeleteFoundationModelAgreement",
    ],
)
def test_an_unknown_model_is_refused_everywhere(operation, new):
    error = new.refused(operation, modelId="no.such-model")
    assert "model identifier is invalid" in error.response["Error"]["Message"]


def test_the_errors_of_access_can_be_told_apart(new):
    launch = open_desk("ungranted")
    errors = {
        code_and_text(desk.refused(operation, **parameters))
        for desk, operation, parameters in (
            (new, "Converse", _asking(HAIKU)),  # no form
            (new, "Converse", _asking(JAMBA)),  # Legacy, not in use
            (new, "Converse", _asking("no.such-model")),  # no such id
            (new, "Converse", _asking(BARE_HAIKU)),  # needs a profile
            (new, "Converse", _asking("anthropic.claude-v2")),  # ended
            (launch, "InvokeModel", {"modelId": "anthropic.claude-v2", "body": "{}"}),
        )
    }
    assert len(errors) == 6


def test_a_ready_account_may_call_legacy_models(ready):
    assert ready.converse(model=JAMBA, **SHORT)["output"]


def test_accounts_share_no_state(new):
    submit(new)
    other = open_desk("new")
    assert other.refused("Converse", **_asking(OPUS_5))


def _asking(model):
    return {"modelId": model, "messages": [user("Hi")]}
