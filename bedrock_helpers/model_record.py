"""One model of the catalogue, as ``data/models.json`` holds it."""

from dataclasses import dataclass, fields

#: Makers whose models carry no AWS Marketplace product, so need no subscription
#: (Amazon Bedrock User Guide, model-access, copy of 2026-07-24 or later).
NOT_ON_MARKETPLACE = ("Amazon", "DeepSeek", "Mistral AI", "Meta", "Qwen", "OpenAI")


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
    top_k: dict | None
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


def from_record(record):
    """
    A Model from one record of the data file.

    Parameters
    ----------
    record : dict

    Returns
    -------
    Model
    """
    names = {field.name for field in fields(Model)}
    tidy = {k: tuple(v) if isinstance(v, list) else v for k, v in record.items()}
    return Model(**{k: v for k, v in tidy.items() if k in names})
