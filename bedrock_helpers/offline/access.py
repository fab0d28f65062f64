"""bedrock: the use-case form, Marketplace agreements and availability."""

import base64

from bedrock_helpers.offline.control import listed_model
from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.http_reply import json_reply
from bedrock_helpers.offline.strict_json import read_json

_FORM_LENGTHS = {
    "companyName": 128,
    "companyWebsite": 128,
    "intendedUsers": 1,
    "industryOption": 128,
    "useCases": 8192,
}
_INTENDED_USERS = ("0", "1", "2")


def put_use_case_for_model_access(request, call):
    """Answer PutUseCaseForModelAccess: take Anthropic's one-time form."""
    form = request["formData"]
    _check_form(form)
    if call.account.form not in (None, form):
        raise refusal("form_already_submitted")
    call.account.form = form
    return json_reply(call.operation, {})


def _check_form(form):
    try:
        fields = read_json(form)
    except ValueError:
        raise refusal("invalid_form") from None
    if not isinstance(fields, dict):
        raise refusal("invalid_form")
    for name, longest in _FORM_LENGTHS.items():
        value = fields.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise refusal("invalid_form")
    if fields["intendedUsers"] not in _INTENDED_USERS:
        raise refusal("invalid_form")


def get_use_case_for_model_access(request, call):
    """Answer GetUseCaseForModelAccess; the blob holds base64 text, as live."""
    form = call.account.form
    if form is None:
        raise refusal("form_not_submitted")
    return json_reply(call.operation, {"formData": base64.b64encode(form)})


def get_foundation_model_availability(request, call):
    """Answer GetFoundationModelAvailability."""
    model = listed_model(request["modelId"], call)
    agreed = not model.on_marketplace or model.model_id in call.account.agreements
    waiting = model.needs_use_case_form and call.account.form is None
    status = "AVAILABLE" if agreed and not waiting else "NOT_AVAILABLE"
    values = {
        "modelId": model.model_id,
        "agreementAvailability": {"status": status},
        "authorizationStatus": "AUTHORIZED",
        "entitlementAvailability": "AVAILABLE",
        "regionAvailability": "AVAILABLE",
    }
    return json_reply(call.operation, values)


def list_foundation_model_agreement_offers(request, call):
    """Answer ListFoundationModelAgreementOffers for Marketplace models."""
    model = listed_model(request["modelId"], call)
    if not model.on_marketplace:
        raise refusal("no_agreement_offers")
    terms = {
        "usageBasedPricingTerm": {"rateCard": []},
        "legalTerm": {},
        "supportTerm": {},
    }
    offer = {
        "offerId": f"offer-{model.model_id}",
        "offerToken": _offer_token(model),
        "termDetails": terms,
    }
    values = {"modelId": model.model_id, "offers": [offer]}
    return json_reply(call.operation, values)


def _offer_token(model):
    return base64.urlsafe_b64encode(f"offer:{model.model_id}".encode()).decode()


def create_foundation_model_agreement(request, call):
    """Answer CreateFoundationModelAgreement: accept an offer."""
    model = listed_model(request["modelId"], call)
    if not model.on_marketplace:
        raise refusal("no_agreement_offers")
    if request["offerToken"] != _offer_token(model):
        raise refusal("bad_offer_token")
    if model.needs_use_case_form and call.account.form is None:
        raise refusal("form_before_agreement")
    if model.model_id in call.account.agreements:
        raise refusal("agreement_exists")
    call.account.agreements.add(model.model_id)
    return json_reply(call.operation, {"modelId": model.model_id})


def delete_foundation_model_agreement(request, call):
    """Answer DeleteFoundationModelAgreement; the next call makes a new one."""
    model = listed_model(request["modelId"], call)
    if model.model_id not in call.account.agreements:
        raise refusal("no_agreement")
    call.account.agreements.discard(model.model_id)
    return json_reply(call.operation, {})
