"""
The models of Amazon Bedrock: what each is, where it is, and which id to call.

Everything here is read from ``data/models.json``, where each record names its
source and date. Nothing here calls AWS; a live session's own answer is always
newer (``session.client("bedrock").list_foundation_models()``).
"""

from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from functools import cache

from bedrock_helpers.data_files import load_json

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

#: Makers whose models carry no AWS Marketplace product, so need no subscription
#: (Amazon Bedrock User Guide, model-access, copy of 2026-07-24 or later).
NOT_ON_MARKETPLACE = ("Amazon", "DeepSeek", "Mistral AI", "Meta", "Qwen", "OpenAI")


class UnknownModelError(KeyError):
    """No model of that id is in the catalogue; the message names near ones."""

    def __str__(self):
        """Show the message itself, not its quoted form."""
        return self.args[0]


@dataclass(frozen=True)
class Model:
    """
    One model of the catalogue. See data/README.md for every field.

    Dates are ISO strings or None; windows and limits are in tokens; None
    anywhere means "not known", never "no".
    """

    model_id: str
    name: str | None
    provider: str
    input_modalities: tuple
    output_modalities: tuple
    streaming: bool
    endpoints: tuple
    chat: bool
    on_demand_regions: tuple
    profiles: dict
    customizations: tuple
    provisioned: bool
    status: str
    release_date: str | None
    legacy_date: str | None
    extended_access_date: str | None
    end_of_life_date: str | None
    launch_day: bool
    context_window_tokens: int | None
    max_output_tokens: int | None
    sampling: str | None
    tools: bool | None
    forced_tool_choice: bool | None
    assistant_prefill: bool | None
    structured_output: bool | None
    count_tokens: bool
    converse_refuses: tuple
    repeated_roles: bool
    reasoning_first: bool
    default_temperature: float | None
    default_top_p: float | None
    source: tuple
    as_of: str
    provisioned_regions: tuple = ()

    @property
    def needs_use_case_form(self):
        """Whether an account fills in a form once before the first call."""
        return self.provider == "Anthropic"

    @property
    def on_marketplace(self):
        """Whether AWS Marketplace holds a subscription for this model."""
        return self.provider not in NOT_ON_MARKETPLACE

    @property
    def regions(self):
        """Every Region the model can be listed in, sorted."""
        spread = {r for names in self.profiles.values() for r in names}
        return sorted(spread | {*self.on_demand_regions, *self.provisioned_regions})

    def profile_ids(self, region_name):
        """Inference profile ids callable from one Region, nearest first."""
        geographies = [g for g, names in self.profiles.items() if region_name in names]
        geographies.sort(key=lambda geography: geography == "global")
        return [f"{geography}.{self.model_id}" for geography in geographies]

    def ended_by(self, day):
        """Whether the model's end of life has come on an ISO day."""
        if self.end_of_life_date is not None:
            return self.end_of_life_date <= str(day)
        return self.status == "EOL"


def _model(record):
    names = {field.name for field in fields(Model)}
    tidy = {k: tuple(v) if isinstance(v, list) else v for k, v in record.items()}
    return Model(**{k: v for k, v in tidy.items() if k in names})


@cache
def _by_id():
    return {r["model_id"]: _model(r) for r in load_json("models.json")["models"]}


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
        A bare model id.
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

    Examples
    --------
    >>> table("us-east-1").loc["amazon.nova-micro-v1:0", "provider"]
    'Amazon'
    """
    import pandas as pd

    kept = [
        {field.name: getattr(model, field.name) for field in fields(Model)}
        for model in all_models()
        if model.status in status
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
    start = date.fromisoformat(str(day)) if day else date.today()
    return (date.fromisoformat(end) - start).days
