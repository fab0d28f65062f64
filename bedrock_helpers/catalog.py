"""
The models of Amazon Bedrock: what each is, where it is, and which id to call.

Everything here is read from ``data/models.json``, where each record names its
source and date. Nothing here calls AWS; a live session's own answer is always
newer (``session.client("bedrock").list_foundation_models()``).
"""

from dataclasses import fields
from datetime import date
from difflib import get_close_matches
from functools import cache

from bedrock_helpers.data_files import load_json
from bedrock_helpers.model_record import Model, from_record

#: The day the catalogue was collected, as an ISO date.
AS_OF = load_json("models.json")["as_of"]
#: The day Amazon Bedrock became generally available.
LAUNCH_DAY = "2023-09-28"
#: Regions the launch-day catalogue answers in.
LAUNCH_REGIONS = ("us-east-1", "us-west-2")

#: The models the lessons call, by the part they play.
NOVA_MICRO = "amazon.nova-micro-v1:0"
NOVA_LITE = "amazon.nova-lite-v1:0"
GPT_OSS_20B = "openai.gpt-oss-20b-1:0"
CLAUDE_HAIKU_4_5 = "anthropic.claude-haiku-4-5-20251001-v1:0"
LESSON_MODELS = (NOVA_MICRO, NOVA_LITE, GPT_OSS_20B, CLAUDE_HAIKU_4_5)
#: Its prompts may be cached from 1,024 tokens on: for the lesson on the cache.
CLAUDE_SONNET_4_6 = "anthropic.claude-sonnet-4-6"
#: The two of launch day that the overview weighs against each other.
CLAUDE_V2 = "anthropic.claude-v2"
CLAUDE_INSTANT = "anthropic.claude-instant-v1"

class UnknownModelError(KeyError):
    """No model of that id is in the catalogue; the message names near ones."""

    def __str__(self):
        """Show the message itself, not its quoted form."""
        return self.args[0]


@cache
def _by_id():
    records = load_json("models.json")["models"]
    return {record["model_id"]: from_record(record) for record in records}


def get(model_id):
    """
    One model's record, by its bare id or by an inference profile id.

    Parameters
    ----------
    model_id : str
        Such as ``"amazon.nova-micro-v1:0"`` or ``"us.amazon.nova-micro-v1:0"``.

    Returns
    -------
    Model

    Raises
    ------
    UnknownModelError
        If the catalogue has no such model.

    Examples
    --------
    >>> get("us.amazon.nova-micro-v1:0").name
    'Nova Micro'
    """
    models = _by_id()
    bare = split_profile_id(model_id)[1]
    if bare in models:
        return models[bare]
    near = get_close_matches(bare, models, n=3)
    hint = f" Near it: {', '.join(near)}." if near else ""
    message = (
        f"No model {model_id!r} in the catalogue of {AS_OF}.{hint} "
        "All ids: bh.catalog.table().index"
    )
    raise UnknownModelError(message)


def split_profile_id(model_id):
    """
    An id as its geography (or None) and the bare model id.

    Examples
    --------
    >>> split_profile_id("us.amazon.nova-micro-v1:0")
    ('us', 'amazon.nova-micro-v1:0')
    >>> split_profile_id("amazon.nova-micro-v1:0")
    (None, 'amazon.nova-micro-v1:0')
    """
    geography, _, bare = model_id.partition(".")
    if geography in _geographies():
        return geography, bare
    return None, model_id


@cache
def _geographies():
    return {g for model in _by_id().values() for g in model.profiles}


def id_for(model_id, region_name="us-east-1"):
    """
    Which id to pass as ``modelId`` from one Region: the bare one or a profile.

    Parameters
    ----------
    model_id : str
        A bare model id (of a profile id, the model behind it).
    region_name : str
        The Region you call from.

    Returns
    -------
    str
        The bare id where the model is offered on demand in that Region, else
        the id of its nearest inference profile (geographic before global).

    Raises
    ------
    UnknownModelError
        If the catalogue has no such model.
    ValueError
        If the model cannot be called from that Region.

    Examples
    --------
    >>> id_for("amazon.nova-micro-v1:0", "us-east-1")
    'amazon.nova-micro-v1:0'
    >>> id_for("anthropic.claude-haiku-4-5-20251001-v1:0", "eu-west-1")
    'eu.anthropic.claude-haiku-4-5-20251001-v1:0'
    """
    model = get(model_id)
    if region_name in model.on_demand_regions:
        return model.model_id
    profiles = model.profile_ids(region_name)
    if profiles:
        return profiles[0]
    raise ValueError(f"{model_id} cannot be called from {region_name}{_where(model)}")


def _where(model):
    spread = {region for names in model.profiles.values() for region in names}
    places = sorted(spread | set(model.on_demand_regions))
    if places:
        listed = ", ".join(places)
        return f"; it is in: {listed}. Try: bh.connect(region_name={places[0]!r})"
    if model.provisioned_regions:
        return ": it is offered with provisioned throughput only."
    return ", nor from any other Region. Choose one of bh.catalog.table()"


def all_models():
    """
    Every record of the catalogue, retired models too, sorted by id.

    Examples
    --------
    >>> len(all_models()) > 150
    True
    """
    return [_by_id()[model_id] for model_id in sorted(_by_id())]


def table(region_name=None, *, status=("ACTIVE", "LEGACY")):
    """
    The catalogue as a pandas DataFrame, one row a model, indexed by id.

    Parameters
    ----------
    region_name : str, optional
        Only models that can be called or provisioned there.
    status : tuple of str
        Which of ``"ACTIVE"``, ``"LEGACY"``, ``"EOL"`` to keep.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If no model is offered in that Region.

    Examples
    --------
    >>> table("us-east-1").loc["amazon.nova-micro-v1:0", "provider"]
    'Amazon'
    """
    import pandas as pd

    if region_name is not None and region_name not in regions():
        known = ", ".join(sorted(regions()))
        raise ValueError(f"region_name={region_name!r} is none of: {known}.")
    wanted = (status,) if isinstance(status, str) else status
    kept = [
        {field.name: getattr(model, field.name) for field in fields(Model)}
        for model in all_models()
        if model.status in wanted
        and (region_name is None or region_name in model.regions)
    ]
    columns = [field.name for field in fields(Model)]
    return pd.DataFrame(kept, columns=columns).set_index("model_id")


@cache
def regions():
    """
    Every Region some model of the catalogue is offered in.

    Examples
    --------
    >>> "us-east-1" in regions(), "mars-1" in regions()
    (True, False)
    """
    return frozenset(region for model in all_models() for region in model.regions)


def days_left(model_id, day=None):
    """
    Days from an ISO day to a model's end of life.

    Parameters
    ----------
    model_id : str
    day : str or datetime.date, optional
        Today if left out.

    Returns
    -------
    int or None
        Negative once the model has ended; None where no end is announced.

    Examples
    --------
    >>> days_left("anthropic.claude-v2", "2025-07-20")
    1
    """
    end = get(model_id).end_of_life_date
    if end is None:
        return None
    start = _date(day) if day else date.today()
    return (date.fromisoformat(end) - start).days


def _date(day):
    try:
        return date.fromisoformat(str(day))
    except ValueError:
        message = f"day={day!r}: an ISO day is wanted, like {AS_OF!r}."
        raise ValueError(message) from None
