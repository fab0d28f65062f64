"""What may be told of an operation: its parameters, and whether it only reads."""

import datetime
from functools import cache

from bedrock_helpers.offline.router import service_model

#: What CloudTrail writes in place of a secret.
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
#: Operations that only read, though botocore's model does not say so.
_READING = (
    "Converse",
    "ConverseStream",
    "CountTokens",
    "InvokeModel",
    "InvokeModelWithResponseStream",
    "ListTagsForResource",
)


def shown_parameters(operation, parameters):
    """
    What an event may say of an operation's parameters.

    Parameters
    ----------
    operation : botocore.model.OperationModel
    parameters : dict

    Returns
    -------
    dict
        Without bytes, such as forms, and without what botocore's model calls
        sensitive: CloudTrail writes that it is hidden.
    """
    if operation.service_model.service_name == "bedrock-runtime":
        return {k: v for k, v in parameters.items() if k == "modelId"}
    return _shown(operation.input_shape, parameters)


def _shown(shape, value):
    if shape is None:
        return value
    if shape.type_name == "blob" or shape.metadata.get("sensitive"):
        return HIDDEN
    if shape.type_name == "structure" and isinstance(value, dict):
        members = shape.members
        return {k: _shown(members.get(k), v) for k, v in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_shown(shape.member, one) for one in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {k: _shown(shape.value, v) for k, v in value.items()}
    return value.isoformat() if isinstance(value, datetime.datetime) else value


@cache
def is_read_only(service, operation_name):
    """
    Whether an operation only reads, as CloudTrail's ``readOnly`` has it.

    Examples
    --------
    >>> is_read_only("bedrock-runtime", "Converse")
    True
    >>> is_read_only("bedrock", "CreateGuardrail")
    False
    """
    if operation_name in _READING:
        return True
    loaded = service_model(service).operation_model(operation_name)
    return bool(loaded._operation_model.get("readonly"))
