"""Which service tier a model has: the default, flex, priority or reserved."""

from functools import cache

from bedrock_helpers.data_files import load_json
from bedrock_helpers.offline.errors import not_offline, refusal


def check_service(model_id, tier="default", latency="standard"):
    """
    Refuse a service tier that a model has not.

    Parameters
    ----------
    model_id : str
        The bare id.
    tier : str
        ``"default"``, ``"flex"``, ``"priority"`` or ``"reserved"``.
    latency : str
        ``"standard"`` or ``"optimized"``.

    Raises
    ------
    Refusal
        Also for optimised latency, which cannot be had offline.

    Examples
    --------
    >>> check_service("amazon.nova-pro-v1:0", "flex")
    """
    if tier == "reserved":
        raise refusal("reservation_not_found")
    if tier != "default" and tier not in _tiers().get(model_id, ()):
        raise refusal("tier_unsupported")
    if latency != "standard":
        raise not_offline(f"serve at {latency} latency")


@cache
def _tiers():
    records = load_json("service_tiers.json")["models"]
    return {record["model_id"]: record["tiers"] for record in records}
