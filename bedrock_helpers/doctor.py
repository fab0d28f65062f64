"""What works on this machine and on this account, and why something does not."""

from bedrock_helpers.preflight import (
    machine,
    model_speed,
    packages,
    progress_kept,
    settings,
    widgets,
)
from bedrock_helpers.preflight.kernel import kernel
from bedrock_helpers.preflight.python_version import python_version
from bedrock_helpers.preflight.report import Finding, Report
from bedrock_helpers.preflight.tried import failed, tried


def doctor(session=None):
    """
    Try what the course needs, and say what is wrong where something is.

    Parameters
    ----------
    session : boto3.Session or str, optional
        A session of :func:`bedrock_helpers.connect`, or a mode for a new one.
        On a live session it asks each lesson model for one token: a small
        fraction of a cent in all, and nothing that changes the account (a model
        you are not subscribed to is not called). Left out, it stays offline.

    Returns
    -------
    Report
        Its ``page`` is what to paste where one asks for help: this machine, what
        was measured, and nothing that says whose it is.

    Examples
    --------
    >>> report = doctor()
    >>> report.findings[0]
    ✓ Python 3.11 or newer
    >>> print(report.page.splitlines()[-1])
    Everything works.
    """
    return report_on(session or "offline")


def report_on(session, region_name=None):
    """
    Try this machine, then the account of a session.

    Parameters
    ----------
    session : boto3.Session or str
    region_name : str, optional
        The Region to connect in, where a mode is given.

    Returns
    -------
    Report

    Examples
    --------
    >>> report_on("offline", "eu-central-1").works
    True
    """
    report = Report(list(_each_fault_once(_this_machine())))
    try:
        from bedrock_helpers.preflight.account import account, connected

        if isinstance(session, str):
            session = connected(session, region_name)
        found = [session] if isinstance(session, Finding) else account(session)
        report.findings += found
    except Exception as error:
        report.findings.append(failed("the account answers", error))
    return report


def _each_fault_once(findings):
    """What fails in the very words of something before it is one fault, not two."""
    told = set()
    for finding in findings:
        if finding.works or finding.details not in told:
            yield finding
        if not finding.works:
            told.add(finding.details)


def _this_machine():
    """Memory comes before the model, which takes some."""
    yield python_version()
    yield from kernel()
    yield tried(packages.WHAT, packages.packages)
    yield tried(widgets.WHAT, widgets.widgets)
    yield tried(settings.WHAT, settings.settings)
    yield tried(progress_kept.WHAT, progress_kept.progress_kept)
    yield tried(machine.WHAT, machine.machine)
    yield tried(model_speed.WHAT, model_speed.model_speed)
