"""Whether the packages are those of requirements.lock."""

import re
from importlib import metadata

from bedrock_helpers.preflight.checkout import (
    checkout_of,
    install_line,
    running_package,
)
from bedrock_helpers.preflight.report import Finding

WHAT = "the packages are those the course was tested with"
_LOCKED = re.compile(r"^([\w.-]+==[^\s;]+(?: ; [^\\\n]+?)?) \\$", re.M)


def packages():
    """
    Whether every package is there, in the version of ``requirements.lock``.

    Where the course was installed without a checkout, and so without the lock, its
    own requirements are what is compared.

    Returns
    -------
    Finding

    Raises
    ------
    ModuleNotFoundError
        Without ``packaging``, which reads the lock.

    Examples
    --------
    >>> packages()
    ✓ the packages are those the course was tested with
    """
    checkout = checkout_of(running_package())
    if checkout:
        lines = _LOCKED.findall((checkout / "requirements.lock").read_text("utf-8"))
        name = "requirements.lock"
        repair = "-r requirements.lock"
    else:
        lines = metadata.requires("bedrock-helpers") or []
        name = "what the course requires"
        repair = "{odd}"
    wanted = list(_for_this_machine(lines))
    odd = {str(r): words for r in wanted if (words := _problem(r))}
    if not odd:
        return Finding(WHAT, True, f"{len(wanted)}, as in {name}")
    return _finding(odd, len(wanted), name, repair)


def _for_this_machine(lines):
    from packaging.requirements import Requirement

    for line in lines:
        requirement = Requirement(line)
        marker, requirement.marker = requirement.marker, None
        if marker is None or marker.evaluate({"extra": ""}):
            yield requirement


def _problem(requirement):
    """What is wrong with one package, or "" where nothing is."""
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"{requirement.name} is missing"
    if version is None:
        return f"{requirement.name} is broken: it has no version"
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return f"{requirement.name} is {version}, not {requirement.specifier}"


def _finding(odd, count, name, repair):
    wanted = " ".join(f'"{requirement}"' for requirement in odd)
    return Finding(
        WHAT,
        False,
        f"{len(odd)} of {count} are not as in {name}",
        f"{len(odd)} of {count} are not",
        "; ".join(odd.values()),
        install_line(repair.format(odd=wanted)),
    )
