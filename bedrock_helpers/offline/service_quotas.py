"""Service Quotas: the quotas of Bedrock's models, as far as they are known.

Shapes: botocore's model of the service. Numbers: ``data/default_quotas.json``. An
account here has the defaults; on AWS an account's own may be lower, even 0.
"""

import json

from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.account import ACCOUNT_ID
from bedrock_helpers.offline.errors import Refusal, not_offline
from bedrock_helpers.offline.http_reply import Reply
from bedrock_helpers.offline.next_tokens import take_page
from bedrock_helpers.offline.signature import read_signature

_MOST = 100
_PLAYED = "bedrock"


def list_service_quotas(call, services):
    """
    Answer ListServiceQuotas: what the account has.

    Parameters
    ----------
    call : bedrock_helpers.offline.aws_services.ServiceCall
    services : bedrock_helpers.offline.aws_services.AwsServices

    Returns
    -------
    bedrock_helpers.offline.http_reply.Reply

    Raises
    ------
    Refusal
        For a service, a Region or a quota that is not known here.
    """
    return _listed(call, ACCOUNT_ID)


def list_default_quotas(call, services):
    """Answer ListAWSDefaultServiceQuotas: what accounts begin with on AWS."""
    return _listed(call, "")


def not_played(call, services):
    """Refuse what else Service Quotas does."""
    raise not_offline(
        f"do {call.action} of Service Quotas; it has ListServiceQuotas and "
        "ListAWSDefaultServiceQuotas"
    )


def _listed(call, owner):
    asked, region = json.loads(call.body or b"{}"), read_signature(call.headers).region
    quotas = [_quota(record, owner) for record in _known(asked, region)]
    size, token = asked.get("MaxResults", _MOST), asked.get("NextToken")
    if not 1 <= size <= _MOST:
        raise Refusal("IllegalArgumentException", 400, "MaxResults is from 1 to 100")
    try:
        page, token = take_page(quotas, token, size, call.action)
    except Refusal:
        code, words = "InvalidPaginationTokenException", "Invalid NextToken"
        raise Refusal(code, 400, words) from None
    answer = {"Quotas": page, **({"NextToken": token} if token else {})}
    body = json.dumps(answer).encode()
    headers = {"content-type": "application/x-amz-json-1.1"}
    return Reply(200, {**headers, "content-length": str(len(body))}, body)


def _known(asked, region):
    """The records of one Region; without any, nothing is made up."""
    records = load_json("default_quotas.json")["quotas"]
    records = [record for record in records if record["tokens_per_minute"] is not None]
    here = [record for record in records if record["region_name"] == region]
    service = asked.get("ServiceCode")
    if service != _PLAYED or not here:
        regions = ", ".join(sorted({record["region_name"] for record in records}))
        raise not_offline(
            f"list the quotas of {service} in {region}; known are some of {_PLAYED} "
            f"in {regions}"
        )
    return _chosen(asked, here)


def _chosen(asked, records):
    """One quota, where it is named; all of them are of the account as a whole."""
    code, level = asked.get("QuotaCode"), asked.get("QuotaAppliedAtLevel")
    if code is not None:
        known = ", ".join(record["code"] for record in records)
        records = [record for record in records if record["code"] == code]
        if not records:
            raise not_offline(f"list the quota {code}; known are {known}")
    return [] if level == "RESOURCE" else records


def _quota(record, owner):
    region, code = record["region_name"], record["code"]
    return {
        "ServiceCode": _PLAYED,
        "ServiceName": "Amazon Bedrock",
        "QuotaArn": f"arn:aws:servicequotas:{region}:{owner}:{_PLAYED}/{code}",
        "QuotaCode": code,
        "QuotaName": record["name"],
        "Value": float(record["tokens_per_minute"]),
        "Unit": "None",
        "Adjustable": record["adjustable"],
        "GlobalQuota": False,
    }
