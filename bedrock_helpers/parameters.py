"""What each family of models takes in an InvokeModel body, from ``data/``."""

from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from functools import cache

from bedrock_helpers import catalog
from bedrock_helpers.data_files import load_json


@dataclass(frozen=True)
class ParameterSpec:
    """
    One parameter of one family, as one model takes it.

    Attributes
    ----------
    family : str
        Such as ``"titan-text"``.
    path : str
        Where it stands in the body, such as ``"textGenerationConfig.topP"``.
    type : str
        ``string``, ``strings`` (a list), ``integer``, ``number``, ``boolean``,
        ``object``, ``messages``, ``prompts`` or ``any``.
    role : str or None
        What it is for, by one name for all families: ``max_tokens``,
        ``temperature``, ``top_p``, ``top_k``, ``stop_sequences``, ``prompt``, …
    required : bool
    minimum, maximum : number or None
        The least and the most it may be; None where none is published.
    exclusive_minimum : number or None
        It must be more than this.
    default : object or None
        What the model uses when it is unset; None where it is then off.
    allowed : tuple or None
        The only values it may have.
    min_length, max_length : int or None
        Of a string, in characters.
    max_items : int or None
        Of a list.
    pattern : str or None
        What every string of a list must match.
    note, source, as_of : str
    """

    family: str
    path: str
    type: str
    role: str | None
    required: bool
    source: str
    as_of: str
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    default: object = None
    allowed: tuple | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    note: str = ""


@cache
def family_of(model_id):
    """
    The family whose body a model takes.

    Parameters
    ----------
    model_id : str
        A bare id or an inference profile id.

    Returns
    -------
    str or None
        None where the course does not treat the model's own shape.

    Examples
    --------
    >>> family_of("us.anthropic.claude-haiku-4-5-20251001-v1:0")
    'claude-messages'
    >>> family_of("anthropic.claude-v2")
    'claude-text'
    """
    bare = catalog.split_profile_id(model_id)[1]
    for record in load_json("parameters.json")["families"]:
        if any(fnmatchcase(bare, pattern) for pattern in record["models"]):
            return record["family"]
    return None


@cache
def specs(model_id, day=None):
    """
    Every parameter one model takes, on one day.

    Parameters
    ----------
    model_id : str
    day : str, optional
        ``"2023-09-28"`` for the ranges the launch-day overview gives; otherwise
        those of the later documentation.

    Returns
    -------
    tuple of ParameterSpec
        Empty for a model of no family treated here.

    Examples
    --------
    >>> titan = "amazon.titan-text-express-v1"
    >>> now = {spec.path: spec.default for spec in specs(titan)}
    >>> then = {spec.path: spec.default for spec in specs(titan, "2023-09-28")}
    >>> path = "textGenerationConfig.temperature"
    >>> then[path], now[path]
    (0, 0.7)
    """
    family, bare = family_of(model_id), catalog.split_profile_id(model_id)[1]
    records = load_json("parameters.json")["parameters"]
    found = [_applied(r, bare, day) for r in records if r["family"] == family]
    return tuple(_spec(record, bare) for record in found if "absent" not in record)


def by_role(model_id, day=None):
    """
    A model's parameters by their role, such as ``"max_tokens"``.

    Examples
    --------
    >>> by_role("cohere.command-text-v14")["top_p"].path
    'p'
    """
    return {spec.role: spec for spec in specs(model_id, day) if spec.role}


_SAMPLING = ("temperature", "top_p", "top_k")
_TABLE = (*_SAMPLING, "max_tokens")


def table(model_ids, days=(None,), roles=_TABLE):
    """
    What models take, in words: range, and what holds when it is unset.

    Parameters
    ----------
    model_ids : iterable of str
    days : tuple
        As for :func:`specs`. Of two days, the second is told after an arrow where
        it differs.
    roles : tuple of str

    Returns
    -------
    pandas.DataFrame
        A row a model; "-" where it takes none, words where its own shape is not
        treated here.

    Examples
    --------
    >>> both = (catalog.LAUNCH_DAY, None)
    >>> table(["anthropic.claude-v2"], both).loc["anthropic.claude-v2", "temperature"]
    '0 to 1, unset 0.5 → 0 to 1, unset 1'
    """
    import pandas as pd

    rows = {m: {r: _on_days(m, r, days) for r in roles} for m in model_ids}
    return pd.DataFrame(rows).T


def _on_days(model_id, role, days):
    if family_of(model_id) is None:
        return "own shape not treated"
    dropped = catalog.get(model_id).sampling == "none" and role in _SAMPLING
    told = [_told(None if dropped else by_role(model_id, d).get(role)) for d in days]
    return " → ".join(dict.fromkeys(told))


def _told(spec):
    if spec is None:
        return "-"
    above = spec.exclusive_minimum
    least = spec.minimum if above is None else f">{above}"
    unset = "no default" if spec.default is None else f"unset {spec.default}"
    most = "or more" if spec.maximum is None else f"to {spec.maximum}"
    return f"{least} {most}, {unset}"


def _applied(record, model_id, day):
    """A record as it holds for one model on one day."""
    changed = {**record, **record.get("by_model", {}).get(model_id, {})}
    if day == catalog.LAUNCH_DAY:
        changed |= record.get("launch_day", {})
    return changed


def _spec(record, model_id):
    names = {field.name for field in fields(ParameterSpec)}
    values = {k: v for k, v in record.items() if k in names}
    if isinstance(values.get("maximum"), str):
        values["maximum"] = getattr(catalog.get(model_id), values["maximum"])
    tidy = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return ParameterSpec(**tidy)
