"""The one line a notebook needs before plain boto3: ``session = bh.connect()``."""

import os

#: Lets a workshop's host switch a room without editing a notebook.
MODE_VARIABLE = "BEDROCK_MODE"
MODES = ("offline", "live")


def connect(
    mode=None,
    *,
    region_name="us-east-1",
    profile_name=None,
    as_of=None,
    account="ready",
    budget_usd=None,
    allow=(),
):
    """
    Open a boto3 Session on the offline Bedrock, or on your AWS account.

    Parameters
    ----------
    mode : {"offline", "live"}, optional
        If left out, the variable ``BEDROCK_MODE`` decides, else ``"offline"``.
    region_name : str
        The Region clients call by default.
    profile_name : str, optional
        Live only: a profile of your AWS configuration.
    as_of : str, optional
        Offline only: the day to live in, ``"2023-09-28"`` or the catalogue's
        own date, which is the default.
    account : {"ready", "new", "signed-out"}
        Offline only: whether access forms and grants are already done, or a session
        without credentials.
    budget_usd : float, optional
        Most dollars this session may spend. Live sessions have 1.00 unless you
        say otherwise. Offline, prices are only practised.
    allow : set of str
        Live only: operations that change the account and may be sent, such as
        ``{"CreateGuardrail"}``.

    Returns
    -------
    boto3.Session
        With ``mode`` and ``meter`` (calls, tokens, dollars), and offline also
        ``offline`` (grants, faults, the day).

    Raises
    ------
    ValueError
        For a value that is not allowed; the message says what is.
    NoCredentials
        Live, when no credentials are to be found; nothing has been sent.

    Examples
    --------
    >>> connect("offline")
    Bedrock session: OFFLINE, us-east-1, the day is 2026-10-27, account ready.
    SmolLM2-135M or a stored reply answers for every model; no AWS, no bill.
    """
    chosen = mode or os.environ.get(MODE_VARIABLE) or "offline"
    if chosen not in MODES:
        origin = "mode" if mode else MODE_VARIABLE
        raise ValueError(
            f"{origin}={chosen!r}: it is 'offline' or 'live'. Type: bh.connect()"
        )
    if chosen == "offline":
        from bedrock_helpers.offline.session import OfflineSession

        return OfflineSession(
            region_name=region_name,
            as_of=as_of,
            account=account,
            budget_usd=budget_usd,
        )
    if as_of is not None or account != "ready":
        raise ValueError(
            "as_of and account describe the offline Bedrock; a live account is as "
            'it is. Type: bh.connect("offline", as_of=…, account=…)'
        )
    from bedrock_helpers.live import LiveSession

    return LiveSession(
        region_name=region_name,
        profile_name=profile_name,
        budget_usd=budget_usd,
        allow=allow,
    )
