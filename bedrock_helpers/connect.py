"""The one line a notebook needs before plain boto3: ``session = bh.connect()``."""

import os

from bedrock_helpers.room import MODES, read_room, settle

#: Lets a workshop's host switch a room without editing a notebook.
MODE_VARIABLE = "BEDROCK_MODE"
#: Operations that may change the account, with commas between, for those who run
#: whole notebooks live: ``CreateGuardrail,DeleteGuardrail``.
ALLOW_VARIABLE = "BEDROCK_ALLOW"
DEFAULT_REGION = "us-east-1"


def connect(
    mode=None,
    *,
    region_name=None,
    profile_name=None,
    as_of=None,
    account="ready",
    budget_usd=None,
    allow=None,
    credentials=None,
):
    """
    Open a boto3 Session on the offline Bedrock, or on your AWS account.

    Parameters
    ----------
    mode : {"offline", "live"}, optional
        If left out, the variable ``BEDROCK_MODE`` decides, then the workshop's room
        (:func:`bedrock_helpers.room.read_room`), else ``"offline"``.
    region_name : str, optional
        The Region clients call by default: ``"us-east-1"``, if neither you nor the
        room says otherwise.
    profile_name : str, optional
        Live only: a profile of your AWS configuration.
    as_of : str, optional
        Offline only: the day to live in, ``"2023-09-28"`` or the catalogue's
        own date, which is the default.
    account : {"ready", "new", "signed-out"}
        Offline only: whether access forms and grants are already done, or a session
        without credentials.
    budget_usd : float, optional
        Most dollars this session may spend. Live sessions have 1.00 unless you or
        the room say otherwise. Offline, prices are only practised.
    allow : set of str, optional
        Live only: operations that change the account and may be sent, such as
        ``{"CreateGuardrail"}``. If left out, those that the variable
        ``BEDROCK_ALLOW`` names, with commas between; else none.
    credentials : dict, optional
        Keys to sign with in place of your own: the ``Credentials`` of a reply to
        AssumeRole, or the ``AccessKey`` of one to CreateAccessKey. Offline, the
        session is on the offline account in which they were made.

    Returns
    -------
    boto3.Session
        With ``mode`` and ``meter`` (calls, tokens, dollars), and offline also
        ``offline`` (grants, faults, the day).

    Raises
    ------
    ValueError
        For a value that is not allowed, here or in the room's settings; the message
        says what is.
    NoCredentials
        Live, when no credentials are to be found; nothing has been sent.

    Examples
    --------
    >>> connect("offline")
    Bedrock session: OFFLINE, us-east-1, the day is 2026-10-27, account ready.
    SmolLM2-135M or a stored reply answers for every model; no AWS, no bill.

    With the keys of a role, somebody else calls; in live mode too:

    >>> session = connect("offline")
    >>> new = session.client("iam").create_access_key(UserName="learner")
    >>> theirs = connect("offline", credentials=new["AccessKey"])
    >>> theirs.client("sts").get_caller_identity()["Arn"]
    'arn:aws:iam::111122223333:user/learner'
    """
    keys = None if credentials is None else _keys_of(credentials)
    in_another_account = as_of is not None or account != "ready"
    if keys and (in_another_account or profile_name is not None):
        raise ValueError(
            "credentials come with the account they were made in: leave out as_of, "
            "account and profile_name. Type: bh.connect(credentials=…)"
        )
    asked = {
        "mode": mode or os.environ.get(MODE_VARIABLE) or None,
        "region_name": region_name,
        "budget_usd": budget_usd,
    }
    both, room_words = settle(None if mode == "offline" else read_room(), asked)
    chosen = _checked_mode(both.pop("mode") or "offline", mode)
    both["region_name"] = both["region_name"] or DEFAULT_REGION
    both |= {"keys": keys, "room_words": room_words}
    if chosen == "offline":
        from bedrock_helpers.offline.session import OfflineSession

        return OfflineSession(as_of=as_of, account=account, **both)
    if in_another_account:
        raise ValueError(
            "as_of and account describe the offline Bedrock; a live account is as "
            'it is. Type: bh.connect("offline", as_of=…, account=…)'
        )
    from bedrock_helpers.live import LiveSession

    allow = _allowed_by_environment() if allow is None else allow
    return LiveSession(profile_name=profile_name, allow=allow, **both)


def _checked_mode(chosen, asked):
    if chosen not in MODES:
        origin = "mode" if asked else MODE_VARIABLE
        raise ValueError(
            f"{origin}={chosen!r}: it is 'offline' or 'live'. Type: bh.connect()"
        )
    return chosen


def _allowed_by_environment():
    named = os.environ.get(ALLOW_VARIABLE, "").split(",")
    return {name.strip() for name in named if name.strip()}


def _keys_of(credentials):
    """Access key id, secret and token (or None) as boto3.Session takes them."""
    names = "AccessKeyId", "SecretAccessKey"
    given = credentials if isinstance(credentials, dict) else {}
    if not all(isinstance(given.get(name), str) for name in names):
        found = ", ".join(map(str, given)) or type(credentials).__name__
        raise ValueError(
            f"credentials have {' and '.join(names)}, and temporary ones a "
            f"SessionToken; these have {found}. "
            'Type: bh.connect(credentials=reply["Credentials"])'
        )
    return *(given[name] for name in names), given.get("SessionToken")
