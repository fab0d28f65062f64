"""What works on this machine and on this account, and why something does not."""

import platform
import time
from dataclasses import dataclass, field
from importlib import metadata

from bedrock_helpers import catalog
from bedrock_helpers.connect import connect
from bedrock_helpers.diagnosis import Diagnosis, explain

_PYTHON = (3, 11)
_PACKAGES = {
    "boto3": "1.44.5",
    "jupyterlab": "4.6",
    "ipywidgets": "8.1",
    "pandas": "3.1",
}


@dataclass
class Finding:
    """One thing that was tried."""

    what: str
    works: bool
    details: str = ""
    diagnosis: Diagnosis | None = None

    def __repr__(self):
        """A tick or a cross; a cross comes with its cause and cure."""
        if self.works:
            return f"✓ {self.what}"
        if self.diagnosis is None:
            return f"✗ {self.what}: {self.details}"
        return f"✗ {self.what}: {self.diagnosis}"


@dataclass
class Report:
    """
    Everything the doctor tried, in order.

    Attributes
    ----------
    findings : list of Finding
    """

    findings: list = field(default_factory=list)

    @property
    def works(self):
        """Whether everything works."""
        return all(finding.works for finding in self.findings)

    @property
    def details(self):
        """Versions and timings, as text: they differ from machine to machine."""
        return "\n".join(f"{f.what}: {f.details}" for f in self.findings if f.details)

    def __repr__(self):
        """One line a finding; then the verdict."""
        bad = sum(not finding.works for finding in self.findings)
        verdict = "Everything works." if not bad else f"{bad} to look at."
        return "\n".join([*map(repr, self.findings), verdict])


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

    Examples
    --------
    >>> doctor().findings[0]
    ✓ Python 3.11 or newer
    """
    report = Report([_python(), *_packages(), _local_model()])
    if session is None or isinstance(session, str):
        session = _connected(session or "offline", report)
    if session is not None:
        report.findings += _account(session)
    return report


def _python():
    works = tuple(map(int, platform.python_version_tuple()[:2])) >= _PYTHON
    return Finding("Python 3.11 or newer", works, platform.python_version())


def _packages():
    for name, oldest in _PACKAGES.items():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Finding(f"{name} {oldest} or newer", False, "not installed: make lab")
            continue
        works = _numbers(version) >= _numbers(oldest)
        yield Finding(f"{name} {oldest} or newer", works, version)


def _numbers(version):
    return [int(part) for part in version.split(".")[:3] if part.isdigit()]


def _local_model():
    from bedrock_helpers.offline.completion_request import Generation
    from bedrock_helpers.offline.local_model import NoLocalModel, local_model
    from bedrock_helpers.offline.parameters import Sampling

    what = "the small local model makes a token"
    try:
        started = time.perf_counter()
        made = local_model().stream("Hello", Sampling(1, 0.0, 1.0), Generation())
        list(made)
    except NoLocalModel as missing:
        return Finding(what, False, str(missing))
    except Exception as error:
        return Finding(what, False, str(error), explain(error))
    return Finding(what, True, f"{(time.perf_counter() - started) * 1000:.0f} ms")


def _connected(mode, report):
    try:
        return connect(mode)
    except Exception as error:
        report.findings.append(Finding(f"connect({mode!r})", False, str(error)))
        return None


def _account(session):
    place = f"{session.mode}, {session.region_name}"
    if session.mode == "live" and session.address:
        place += f", at {session.address}, which is not AWS"
    yield _try(
        f"list the models ({place})",
        lambda: session.client("bedrock").list_foundation_models(),
    )
    if _is_launch_day(session):
        return  # Converse came later
    for model_id in catalog.LESSON_MODELS:
        name = catalog.get(model_id).name
        yield _try(
            f"one token from {name} ({place})",
            lambda model_id=model_id: _one_token(session, model_id),
        )


def _is_launch_day(session):
    return session.mode == "offline" and session.offline.day == catalog.LAUNCH_DAY


def _one_token(session, model_id):
    session.client("bedrock-runtime").converse(
        modelId=catalog.id_for(model_id, session.region_name),
        messages=[{"role": "user", "content": [{"text": "Hi"}]}],
        inferenceConfig={"maxTokens": 1},
    )


def _try(what, call):
    started = time.perf_counter()
    try:
        call()
    except Exception as error:
        return Finding(what, False, str(error), explain(error))
    return Finding(what, True, f"{(time.perf_counter() - started) * 1000:.0f} ms")
