"""bedrock: provisioned throughput, bought by the hour and for a term."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime

from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.http_reply import json_reply
from bedrock_helpers.offline.model_ids import without_arn
from bedrock_helpers.offline.pages import take_page
from bedrock_helpers.offline.tags import first_tags

#: What a ready account may buy in one Region: our choice. By default AWS grants
#: none; its support centre does, so a new account has none (user guide).
MODEL_UNITS = 10
_MONTHS = {"OneMonth": 1, "SixMonths": 6}
_KIND = "provisioned-model"


@dataclass
class ProvisionedModel:
    """
    One purchase of provisioned throughput.

    Attributes
    ----------
    arn, name : str
    model_id : str
        The variant bought, such as ``"amazon.nova-micro-v1:0:128k"``.
    model_units : int
    commitment : str or None
        ``"OneMonth"``, ``"SixMonths"`` or none.
    region_name : str
    bought_at, changed_at : datetime.datetime
    """

    arn: str
    name: str
    model_id: str
    model_units: int
    commitment: str | None
    region_name: str
    bought_at: datetime
    changed_at: datetime

    @property
    def ends(self):
        """When the commitment's term is over, or None."""
        months = _MONTHS.get(self.commitment)
        return months and add_months(self.bought_at, months)

    def summary(self):
        """As GetProvisionedModelThroughput shows it."""
        model = f"arn:aws:bedrock:{self.region_name}::foundation-model/{self.model_id}"
        shown = {
            "provisionedModelName": self.name,
            "provisionedModelArn": self.arn,
            "modelArn": model,
            "desiredModelArn": model,
            "foundationModelArn": model,
            "modelUnits": self.model_units,
            "desiredModelUnits": self.model_units,
            "status": "InService",
            "creationTime": self.bought_at,
            "lastModifiedTime": self.changed_at,
        }
        if self.commitment is None:
            return shown
        ends = {"commitmentExpirationTime": self.ends}
        return {**shown, "commitmentDuration": self.commitment, **ends}


def add_months(moment, months):
    """
    The same day some months later, or the month's last where it is too short.

    Examples
    --------
    >>> add_months(datetime(2026, 8, 31), 6).day
    28
    """
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def create_provisioned_model_throughput(request, call):
    """Answer CreateProvisionedModelThroughput: it is in service at once."""
    account, here = call.account, call.region_name
    token = call.operation.name, here, request.get("clientRequestToken")
    arn = account.client_tokens.get(token)
    if arn not in account.provisioned_models:
        model = _for_sale(request["modelId"], call)
        _check_units(request["modelUnits"], call)
        _check_name(request["provisionedModelName"], call)
        tags = first_tags(request)
        arn = account.arn(here, f"{_KIND}/{account.new_id()}")
        account.provisioned_models[arn] = ProvisionedModel(
            arn,
            request["provisionedModelName"],
            model.model_id,
            request["modelUnits"],
            request.get("commitmentDuration"),
            here,
            call.now,
            call.now,
        )
        account.tags[arn] = tags
        if token[-1]:
            account.client_tokens[token] = arn
    return json_reply(call.operation, {"provisionedModelArn": arn})


def _for_sale(model_id, call):
    plain = without_arn(model_id, call.region_name)
    for model in call.account.models(call.region_name):
        if model.model_id == plain:
            break
    else:
        raise refusal("unknown_model_control")
    if model.status == "LEGACY":
        raise refusal("legacy_not_provisionable", model_id=plain)
    if call.region_name not in model.provisioned_regions:
        raise refusal("not_provisionable", model_id=plain)
    return model


def _check_units(wanted, call):
    granted = MODEL_UNITS if call.account.kind == "ready" else 0
    if wanted + sum(bought.model_units for bought in _bought_here(call)) > granted:
        raise refusal("model_units_exceeded", granted=granted)


def _check_name(name, call):
    if any(bought.name == name for bought in _bought_here(call)):
        raise refusal("provisioned_name_taken", name=name)


def _bought_here(call):
    bought = call.account.provisioned_models.values()
    return [one for one in bought if one.region_name == call.region_name]


def _find(request, call):
    """By name or by ARN."""
    asked = request["provisionedModelId"]
    for bought in _bought_here(call):
        if asked in (bought.name, bought.arn):
            return bought
    raise refusal("unknown_provisioned_model")


def get_provisioned_model_throughput(request, call):
    """Answer GetProvisionedModelThroughput."""
    return json_reply(call.operation, _find(request, call).summary())


def list_provisioned_model_throughputs(request, call):
    """Answer ListProvisionedModelThroughputs, newest first unless asked otherwise."""
    wanted = {
        "creationTimeAfter": lambda one, v: one["creationTime"] > v,
        "creationTimeBefore": lambda one, v: one["creationTime"] < v,
        "statusEquals": lambda one, v: one["status"] == v,
        "modelArnEquals": lambda one, v: one["modelArn"] == v,
        "nameContains": lambda one, v: v in one["provisionedModelName"],
    }
    filters = {
        name: _moment(value) if name.startswith("creationTime") else value
        for name, value in request.items()
        if name in wanted
    }
    found = [
        summary
        for summary in (bought.summary() for bought in _bought_here(call))
        if all(wanted[name](summary, value) for name, value in filters.items())
    ]
    if request.get("sortOrder") != "Ascending":
        found.reverse()
    page = take_page(found, request, "provisionedModelSummaries")
    return json_reply(call.operation, page)


def _moment(text):
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC)
    except ValueError:
        wrong = {"found": "string", "where": "", "wanted": "Timestamp"}
        raise refusal("serialization_type", **wrong) from None


def update_provisioned_model_throughput(request, call):
    """Answer UpdateProvisionedModelThroughput: only the name can change."""
    bought = _find(request, call)
    if "desiredModelId" in request:
        raise refusal("provisioned_model_stays")
    name = request.get("desiredProvisionedModelName", bought.name)
    if name != bought.name:
        _check_name(name, call)
    bought.name, bought.changed_at = name, call.now
    return json_reply(call.operation, {})


def delete_provisioned_model_throughput(request, call):
    """Answer DeleteProvisionedModelThroughput: not before its term is over."""
    bought = _find(request, call)
    if bought.ends and call.now < bought.ends:
        ends = bought.ends.strftime("%Y-%m-%dT%H:%M:%SZ")
        raise refusal("commitment_not_over", ends=ends)
    del call.account.provisioned_models[bought.arn]
    del call.account.tags[bought.arn]
    return json_reply(call.operation, {})
