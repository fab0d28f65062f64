"""How far this computer's clock is from AWS's, by the replies of AWS."""

import datetime
import platform
import re
from email.utils import parsedate_to_datetime

from bedrock_helpers.preflight.report import Finding

WHAT = "the clock agrees with AWS's"
#: "In most cases, a request must reach AWS within five minutes of the time stamp in
#: the request": docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
MOST_SECONDS = 300
_REFUSALS = {"RequestTimeTooSkewed", "RequestExpired"}
_WORDS = re.compile("Signature (expired|not yet current)")
#: The service's own time in such a refusal: "… (20131008T001612Z - 5 min.)".
_TOLD = re.compile(r"\((\d{8}T\d{6}Z) [-+] 5 min")
_SET = {
    "Linux": "sudo timedatectl set-ntp true",
    "Darwin": "sudo sntp -sS time.apple.com",
    "Windows": "w32tm /resync",
}


def blames_clock(error):
    """
    Whether AWS refused a request because of the time it was signed at.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    bool

    Examples
    --------
    >>> blames_clock(ValueError("Signature expired"))
    False
    """
    refusal = getattr(error, "response", {}).get("Error", {})
    told = _WORDS.match(refusal.get("Message") or "")
    return refusal.get("Code") in _REFUSALS or told is not None


def time_of(reply):
    """
    When AWS made a reply, by its own clock.

    Parameters
    ----------
    reply : dict
        What boto3 returned, or the ``response`` of its ClientError.

    Returns
    -------
    datetime.datetime or None
        In UTC; None where the reply does not say.

    Examples
    --------
    >>> headers = {"date": "Wed, 25 Nov 2026 10:00:00 GMT"}
    >>> time_of({"ResponseMetadata": {"HTTPHeaders": headers}}).isoformat()
    '2026-11-25T10:00:00+00:00'
    """
    told = _TOLD.search(reply.get("Error", {}).get("Message") or "")
    if told:
        return _moment(datetime.datetime.strptime, told[1], "%Y%m%dT%H%M%SZ")
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return _moment(parsedate_to_datetime, headers.get("date", ""))


def _moment(read, *words):
    """A moment in UTC, which is what is meant where no time zone is told."""
    try:
        moment = read(*words)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def clock(theirs, ours, refused=False):
    """
    How far one clock is from the other, and whether AWS would refuse for it.

    Parameters
    ----------
    theirs : datetime.datetime or None
        AWS's time, if it is known.
    ours : datetime.datetime
        This computer's at that moment.
    refused : bool
        Whether AWS has refused a request because of its time.

    Returns
    -------
    Finding

    Examples
    --------
    >>> noon = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
    >>> clock(noon, noon + datetime.timedelta(minutes=20)).error
    'it is 20 min ahead'
    """
    if theirs is None:
        return _wrong("how far off it is, AWS does not say", "")
    off_s = (ours - theirs).total_seconds()
    if abs(off_s) <= MOST_SECONDS and not refused:
        return Finding(WHAT, True, f"{off_s:+.0f} s; {MOST_SECONDS} s will do")
    direction = "ahead" if off_s > 0 else "behind"
    return _wrong(f"it is {_length(abs(off_s))} {direction}", f"{off_s:+.0f} s")


def _length(seconds):
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def _wrong(error, details):
    set_it = _SET.get(platform.system(), "turn on network time")
    return Finding(
        WHAT,
        False,
        details,
        error,
        "AWS refuses requests signed more than 5 minutes from its own time",
        f"{set_it}  (or set the clock by hand), then try again",
    )
