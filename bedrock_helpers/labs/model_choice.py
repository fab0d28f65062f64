"""A menu of every chat model of the catalogue, by the id to call it with."""

import ipywidgets
from traitlets import TraitError, validate

from bedrock_helpers import catalog
from bedrock_helpers.converse_parameters import converse_specs

_REGION = "us-east-1"
_RANKS = {"ACTIVE": 0, "LEGACY": 1}


class ModelChoice(ipywidgets.Dropdown):
    """
    A menu of models; its value is the id to call.

    A bare id given as its value becomes the inference profile's where the
    model needs one.

    Parameters
    ----------
    model_id : str
        What is chosen first; offered even if ``models`` lacks it.
    models : sequence of str, optional
        Ids to offer; otherwise every chat model of the catalogue: those to be
        called from us-east-1 first, retired ones last.

    Examples
    --------
    >>> menu = ModelChoice("amazon.nova-micro-v1:0")
    >>> menu.value = "anthropic.claude-haiku-4-5-20251001-v1:0"
    >>> menu.value
    'us.anthropic.claude-haiku-4-5-20251001-v1:0'
    >>> menu.label
    'Claude Haiku 4.5: us.anthropic.claude-haiku-4-5-20251001-v1:0'
    """

    def __init__(self, model_id, models=None):
        offered = _every_chat_model() if models is None else models
        ids = list(dict.fromkeys(called_as(offer) for offer in offered))
        chosen = called_as(model_id)
        self._ids = ids if chosen in ids else [chosen, *ids]
        for offer in self._ids:
            converse_specs(offer)  # an error for what is no chat model
        super().__init__(
            options=[(_label(offer), offer) for offer in self._ids],
            value=chosen,
            description="model",
            tooltip="the id to call",  # without one, ipywidgets shows "null"
            style={"description_width": "8em"},
            layout=ipywidgets.Layout(width="52em"),
        )
        self.observe(self._keep_one, "value")

    @validate("value")
    def _validate_value(self, proposal):
        """Take bare ids for those of profiles; name the id that is not offered."""
        wanted = called_as(proposal.value)
        if wanted not in self._ids:
            raise TraitError(
                f"model={wanted!r} is not in this menu. It has: "
                f"{', '.join(self._ids[:5])}, … Give the lab more: models=[…]"
            )
        return wanted

    def _keep_one(self, change):
        """There is no call without a model: None changes nothing."""
        if change.new is None:
            self.value = change.old


def called_as(model_id):
    """
    The id to call a model with from us-east-1; the bare one if nothing answers there.

    Parameters
    ----------
    model_id : str
        A bare id; an inference profile id stays as it is.

    Returns
    -------
    str

    Raises
    ------
    UnknownModelError
        If the catalogue has no such model.

    Examples
    --------
    >>> called_as("anthropic.claude-haiku-4-5-20251001-v1:0")
    'us.anthropic.claude-haiku-4-5-20251001-v1:0'
    >>> called_as("anthropic.claude-v2")
    'anthropic.claude-v2'
    """
    model = catalog.get(model_id)
    if model_id == model.model_id and _is_here(model):
        return catalog.id_for(model_id, _REGION)
    return model_id


def _is_here(model):
    return _REGION in model.on_demand_regions or bool(model.profile_ids(_REGION))


def _every_chat_model():
    return [m.model_id for m in sorted(catalog.all_models(), key=_rank) if m.chat]


def _rank(model):
    has_ended = model.ended_by(catalog.AS_OF)
    not_of_lessons = model.model_id not in catalog.LESSON_MODELS
    status = _RANKS.get(model.status, 2)
    return has_ended, not _is_here(model), status, not_of_lessons, model.model_id


def _label(model_id):
    model = catalog.get(model_id)
    state = " (legacy)" if model.status == "LEGACY" else ""
    if model.ended_by(catalog.AS_OF):
        state = f" (retired {model.end_of_life_date})"
    elif not _is_here(model):
        state = f" (not in {_REGION})"
    return f"{model.name or model.provider}: {model_id}{state}"
