"""The account the offline Bedrock keeps: its day, and what it may call."""

import base64
import hashlib
import itertools
from dataclasses import dataclass, field

from bedrock_helpers import catalog
from bedrock_helpers.offline.errors import refusal
from bedrock_helpers.offline.prompt_cache import PromptCache

#: The made-up account number of AWS's own documentation examples.
ACCOUNT_ID = "111122223333"
KINDS = ("ready", "new")
_EXAMPLE_FORM = (
    b'{"companyName":"Example","companyWebsite":"https://example.com",'
    b'"intendedUsers":"0","industryOption":"Education","useCases":"Learning"}'
)


@dataclass
class Account:
    """
    Day, access form, agreements and grants of one offline session.

    Attributes
    ----------
    day : str
        The ISO day this account lives in.
    kind : str
        ``"ready"`` (everything granted, Legacy models in recent use) or
        ``"new"`` (nothing filled in, nothing granted).
    form : bytes or None
        Anthropic's use-case form as submitted.
    agreements : set of str
        Model ids with a Marketplace agreement.
    granted : set of str
        Model ids granted in the console of launch day.
    provisioned_models, application_profiles : dict
        What was bought and what was made, by ARN.
    tags : dict of str to dict
        Tags of every resource that can have some, by its ARN: whatever makes a
        resource puts an entry here, whatever deletes it takes the entry out.
    client_tokens : dict
        The ARN a clientRequestToken stands for, by operation, Region and token.
    prompt_cache : PromptCache
    guardrails : dict of str to dict
        The guardrails of each Region, by id.
    not_evaluated : set of str
        What they ask for that is not evaluated offline.
    logging : dict of str to dict
        The invocation logging of each Region that has any.
    """

    day: str
    kind: str = "ready"
    form: bytes | None = None
    agreements: set = field(default_factory=set)
    granted: set = field(default_factory=set)
    provisioned_models: dict = field(default_factory=dict)
    application_profiles: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)
    client_tokens: dict = field(default_factory=dict)
    prompt_cache: PromptCache = field(default_factory=PromptCache)
    guardrails: dict = field(default_factory=dict)
    not_evaluated: set = field(default_factory=set)
    logging: dict = field(default_factory=dict)
    _numbers: itertools.count = field(default_factory=itertools.count)

    def __post_init__(self):
        """A ready account has the form and every grant from the start."""
        if self.kind != "ready":
            return
        self.form = _EXAMPLE_FORM
        models = catalog.all_models()
        self.agreements = {model.model_id for model in models if model.on_marketplace}
        self.granted = {model.model_id for model in models if model.launch_day}

    @property
    def on_launch_day(self):
        """Whether this account lives on the day Bedrock became available."""
        return self.day == catalog.LAUNCH_DAY

    def arn(self, region_name, resource):
        """The ARN of something of this account, such as ``guardrail/abc``."""
        return f"arn:aws:bedrock:{region_name}:{ACCOUNT_ID}:{resource}"

    def new_id(self):
        """
        An id of twelve letters and digits for a new resource.

        It is made from how many came before, so that a notebook that makes the
        same things gets the same ids every time.
        """
        digest = hashlib.sha256(f"resource {next(self._numbers)}".encode()).digest()
        return base64.b32encode(digest).decode().lower()[:12]

    def models(self, region_name):
        """The models this account can list in one Region."""
        if self.on_launch_day:
            here = region_name in catalog.LAUNCH_REGIONS
            return [m for m in catalog.all_models() if m.launch_day and here]
        listed = [m for m in catalog.all_models() if region_name in m.regions]
        return [m for m in listed if not m.ended_by(self.day)]

    def check_access(self, model):
        """
        Refuse a call to a model this account may not use.

        Raises
        ------
        Refusal
            For a missing grant (launch day), a missing form or a Legacy model.
        """
        if self.on_launch_day:
            if model.model_id not in self.granted:
                raise refusal("no_access")
            return
        if model.status == "LEGACY" and self.kind == "new":
            raise refusal("legacy_refused")
        if model.needs_use_case_form and self.form is None:
            raise refusal("use_case_form_missing")

    def subscribe(self, model):
        """Do what the first call of a Marketplace model does in the background."""
        if model.on_marketplace:
            self.agreements.add(model.model_id)

    def grant(self, model_ids):
        """
        Tick models on launch day's Model access page; without ids, all of them.

        Raises
        ------
        ValueError
            Today, when that page is gone, or for an id that was not offered.
        """
        if not self.on_launch_day:
            raise ValueError(
                f"On {self.day} there is no Model access page to click. Models are "
                "on by default; Anthropic's need put_use_case_for_model_access."
            )
        offered = {m.model_id for m in catalog.all_models() if m.launch_day}
        unknown = set(model_ids) - offered
        if unknown:
            raise ValueError(
                f"Not offered on {self.day}: {', '.join(sorted(unknown))}. "
                f"Offered: {', '.join(sorted(offered))}."
            )
        self.granted |= set(model_ids) or offered


def open_account(as_of=None, kind="ready"):
    """
    A new account of one kind, on one day.

    Parameters
    ----------
    as_of : str, optional
        ``"2023-09-28"`` or the catalogue's own date, which is the default.
    kind : {"ready", "new"}

    Returns
    -------
    Account

    Raises
    ------
    ValueError
        For another day or another kind.

    Examples
    --------
    >>> open_account("2023-09-28", "new").granted
    set()
    """
    day = catalog.AS_OF if as_of is None else str(as_of)
    if day not in (catalog.LAUNCH_DAY, catalog.AS_OF):
        raise ValueError(
            f"as_of={day!r}: only two days are known well enough, "
            f"{catalog.LAUNCH_DAY!r} (launch day) and {catalog.AS_OF!r}. "
            f'Type: bh.connect("offline", as_of={catalog.LAUNCH_DAY!r})'
        )
    if kind not in KINDS:
        raise ValueError(
            f"account={kind!r}: an offline account is 'ready', 'new' or "
            "'signed-out' (no credentials). "
            'Type: bh.connect("offline", account="new")'
        )
    return Account(day, kind)
