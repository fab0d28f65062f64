"""bedrock: tags of whatever the account has made and can tag."""

from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.http_reply import json_reply

#: Of one resource (botocore's model of TooManyTagsException).
TAGS_AT_MOST = 50


def first_tags(request):
    """
    The tags a new resource is made with.

    Parameters
    ----------
    request : dict
        A request with ``tags``, if it has them.

    Returns
    -------
    dict
        For ``account.tags[arn]``: with this entry the resource can be tagged.

    Raises
    ------
    Refusal
        For more than 50.

    Examples
    --------
    >>> first_tags({"tags": [{"key": "team", "value": "search"}]})
    {'team': 'search'}
    """
    return _together({}, request.get("tags", ()))


def _together(tags, added):
    merged = {**tags, **{tag["key"]: tag["value"] for tag in added}}
    if len(merged) > TAGS_AT_MOST:
        raise refusal("too_many_tags", most=TAGS_AT_MOST)
    return merged


def tag_resource(request, call):
    """Answer TagResource: add tags, and overwrite those of the same key."""
    arn = request["resourceARN"]
    call.account.tags[arn] = _together(_tags_of(arn, call), request["tags"])
    return json_reply(call.operation, {})


def untag_resource(request, call):
    """Answer UntagResource: a key that is not there is no error."""
    arn = request["resourceARN"]
    kept = {
        key: value
        for key, value in _tags_of(arn, call).items()
        if key not in request["tagKeys"]
    }
    call.account.tags[arn] = kept
    return json_reply(call.operation, {})


def list_tags_for_resource(request, call):
    """Answer ListTagsForResource."""
    found = _tags_of(request["resourceARN"], call)
    tags = [{"key": key, "value": value} for key, value in found.items()]
    return json_reply(call.operation, {"tags": tags})


def _tags_of(arn, call):
    parts = arn.split(":")
    if arn not in call.account.tags or parts[3] != call.region_name:
        raise refusal("unknown_tagged_resource")
    return call.account.tags[arn]
