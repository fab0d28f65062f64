"""A report as one page of text, without names, home folders, account ids and keys."""

import datetime
import getpass
import os
import platform
import re
import socket
import textwrap
from pathlib import Path

from bedrock_helpers.checks.progress_place import seat_name
from bedrock_helpers.preflight import machine
from bedrock_helpers.preflight.settings import room_words

_WIDTH = 76
#: AWS's access keys and ids of users and roles, and Bedrock's API keys.
_KEYS = re.compile(
    r"\b(?:A[KSGIRN][A-Z]A[A-Z0-9]{12,}|ABSK[\w+/=-]{8,}|bedrock-api-key-[\w+/=-]+)"
)
_CALLERS = re.compile(r"\b(arn:[\w-]*:(?:iam|sts)::)\d*:[^\s\"',)]+")
_ACCOUNT = re.compile(r"\b\d{8}(\d{4})\b")
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_SIGNED_IN = re.compile(r"(?<=://)[^/@\s]+@")
_SECRET_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "BEDROCK_OFFLINE_KEY",
)
_NAME_VARIABLES = ("USER", "LOGNAME", "USERNAME", "JUPYTERHUB_USER", "BEDROCK_SEAT")
_SHORTEST_NAME = 3


def page(report):
    """
    One page of text to paste: the machine, the findings, the verdict.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str

    Examples
    --------
    >>> from bedrock_helpers.preflight.report import Finding, Report
    >>> written = page(Report([Finding("Python 3.11 or newer", True, "3.11.7")]))
    >>> print(written.splitlines()[-3])
    ✓ Python 3.11 or newer: 3.11.7
    """
    findings = map(_lines, report.findings)
    return "\n".join([*_head(), "", *findings, "", report.verdict])


def _head():
    now = datetime.datetime.now(datetime.UTC)
    disk_gb = machine.disk_free_mb() / 1000
    hardware = f"{machine.processors()} processors, disk {disk_gb:.1f} GB free"
    try:
        memory = machine.memory()
        total_gb, free_gb = memory.total_mb / 1000, memory.free_mb / 1000
        hardware += f", memory {free_gb:.1f} of {total_gb:.1f} GB free"
    except ModuleNotFoundError:  # psutil: it is among the findings
        pass
    return [
        f"Bedrock course {_course_version()}, pre-flight of {now:%Y-%m-%d %H:%M} UTC",
        f"{machine.system()}, Python {platform.python_version()}",
        hardware,
        without_names(_room()),
    ]


def _course_version():
    from importlib import metadata

    try:
        return metadata.version("bedrock-helpers")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _room():
    from bedrock_helpers.room import read_room

    try:
        return room_words(read_room())
    except ValueError:
        return "a room with faulty settings: see below"


def _lines(finding):
    """A finding with what was measured; then its message, cause and cure."""
    told = finding.error + finding.cause
    measured = finding.details if finding.works else finding.error
    first = f"{finding!r:.1} {finding.what}: {measured}".rstrip(": ")
    said = "" if finding.works or finding.details in told else finding.details
    rows = [("said: ", said), ("cause:", finding.cause)]
    more = [_folded(name, without_names(words)) for name, words in rows]
    cure = finding.cure and f"    cure:  {without_names(finding.cure)}"
    return "\n".join(filter(None, [without_names(first), *more, cure]))


def _folded(name, words):
    """Words under a cross, with a margin; a long line on several, a list as it is."""
    lines = words.splitlines()
    if len(lines) == 1:
        lines = textwrap.wrap(
            words, _WIDTH, break_long_words=False, break_on_hyphens=False
        )
    return "\n".join(
        f"    {name if number == 0 else ' ' * len(name)} {line}"
        for number, line in enumerate(lines)
    )


def without_names(text):
    """
    A text in which nothing says who or where this is.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Keys, e-mail addresses, callers in ARNs, account ids but for four digits,
        the home folder, and names of the user and this computer are replaced.

    Examples
    --------
    >>> without_names("User: arn:aws:iam::123456789012:user/ann may not; ask a@b.org")
    'User: arn:aws:iam::(caller) may not; ask (e-mail)'
    >>> without_names("profile of 123456789012, key AKIAIOSFODNN7EXAMPLE")
    'profile of …9012, key (key)'
    """
    for secret in filter(None, map(os.environ.get, _SECRET_VARIABLES)):
        text = text.replace(secret, "(key)")
    text = _KEYS.sub("(key)", text)
    text = _CALLERS.sub(r"\1(caller)", text)
    text = _SIGNED_IN.sub("", text)
    text = _MAIL.sub("(e-mail)", text)
    text = _ACCOUNT.sub(r"…\1", text)
    for home in _longest_first(_homes()):
        text = _hidden(home, "~", text)
    for name in _longest_first(_names()):
        text = _hidden(name, "(name)", text, before=r"(?<=[/\\@=])")
    for host in _longest_first(_hosts()):
        text = _hidden(host, "(computer)", text, before=r"(?<![\w-])")
    return text


def _longest_first(words):
    """So that of ``ann.example`` more than ``ann`` is found."""
    return sorted(words, key=len, reverse=True)


def _hidden(word, instead, text, before=""):
    """Windows tells no capitals apart in paths, and nobody in names of computers."""
    return re.sub(rf"{before}{re.escape(word)}(?![\w-])", instead, text, flags=re.I)


def _homes():
    try:
        home = str(Path.home())
    except RuntimeError:
        return set()
    return {home, os.path.realpath(home)} - {"/", ""}


def _names():
    found = {os.environ.get(name, "") for name in _NAME_VARIABLES}
    found |= {seat_name()}  # as the name of a progress file has it
    try:
        found.add(getpass.getuser())
    except (KeyError, OSError, ImportError):  # an account without a name
        pass
    return {name for name in found if len(name) >= _SHORTEST_NAME}


def _hosts():
    name = socket.gethostname()
    both = {name, name.partition(".")[0], os.environ.get("COMPUTERNAME", "")}
    return {host for host in both if len(host) > _SHORTEST_NAME} - {"localhost"}
