"""For which systems and Pythons a wheelhouse is filled, and what each of them needs."""

import platform
import re
import sys
from dataclasses import dataclass
from functools import cached_property

from packaging.requirements import Requirement
from packaging.tags import compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name
from packaging.version import Version

MANYLINUX = [f"manylinux_2_{minor}" for minor in range(28, 16, -1)]  # glibc of 2018
#: Name → `sys.platform` and `platform.machine()` there.
SYSTEMS = {
    "linux": ("linux", "x86_64"),
    "linux-arm": ("linux", "aarch64"),
    "macos-arm": ("darwin", "arm64"),
    "windows": ("win32", "AMD64"),
}
IN_WORDS = {
    "linux": "Linux on Intel or AMD, with glibc 2.28 (2018) or newer",
    "linux-arm": "Linux on ARM, with glibc 2.28 (2018) or newer",
    "macos-arm": "a Mac with Apple silicon, macOS 13 or newer",
    "windows": "Windows on Intel or AMD",
}
OLDEST_MACOS = (13, 0)  # of xllamacpp's wheels; they run on every later one
PYTHON_VERSIONS = ("3.11", "3.12", "3.13", "3.14")
MICROS = ("99", "0")  # a marker may tell 3.11.4 from 3.11.5


class Entry:
    """A package of the lock: one version, perhaps for some systems only."""

    def __init__(self, text):
        self.text = text
        requirement = Requirement(text.split("\\", 1)[0])
        self.marker = requirement.marker
        version = Version(str(requirement.specifier).removeprefix("=="))
        self.key = (canonicalize_name(requirement.name), version)
        self.hashes = set(re.findall(r"sha256:(\w{64})", text))

    def __str__(self):
        """Such as `pandas==3.1.1`."""
        return "{}=={}".format(*self.key)

    @property
    def unmarked(self):
        """Its lines, without a marker: pip would judge that by its own machine."""
        return re.sub(r" ;[^\\]*", " ", self.text, count=1)


@dataclass(frozen=True)
class Target:
    """One system with one Python."""

    system: str
    python_version: str

    def __str__(self):
        """Such as `windows, Python 3.12`."""
        return f"{self.system}, Python {self.python_version}"

    @cached_property
    def platform_tags(self):
        """The tags of wheels that run there, the best first."""
        sys_platform, machine = SYSTEMS[self.system]
        if sys_platform == "win32":
            return ["win_amd64"]
        if sys_platform == "darwin":
            return list(mac_platforms(OLDEST_MACOS, machine))
        return [f"{tag}_{machine}" for tag in (*MANYLINUX, "manylinux2014")]

    @cached_property
    def tags(self):
        """Every whole tag of wheels that run there."""
        version = tuple(map(int, self.python_version.split(".")))
        interpreter = "cp{}{}".format(*version)
        return {
            *cpython_tags(version, [interpreter], self.platform_tags),
            *compatible_tags(version, interpreter, self.platform_tags),
        }

    def pip_options(self, micro):
        """What tells pip to fetch for it, whatever machine this is."""
        tags = [part for tag in self.platform_tags for part in ("--platform", tag)]
        return [*tags, "--python-version", f"{self.python_version}.{micro}"]

    def takes(self, entry, micro):
        """Whether the lock's markers let this target have a package."""
        sys_platform, machine = SYSTEMS[self.system]
        names = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
        environment = {
            "sys_platform": sys_platform,
            "os_name": "nt" if sys_platform == "win32" else "posix",
            "platform_system": names[sys_platform],
            "platform_machine": machine,
            "python_version": self.python_version,
            "python_full_version": f"{self.python_version}.{micro}",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "extra": "",
        }
        return entry.marker is None or entry.marker.evaluate(environment)


def read_lock(text):
    """The entries of a lock."""
    lines = re.findall(r"^[a-z0-9-]+==(?:.*\\\n)*.*\n", text, re.MULTILINE)
    return [Entry(line) for line in lines]


def needs(entries, target):
    """
    What a target needs of the lock: entries by micro version of its Python.

    Where two versions of a package serve different micro versions (3.11.4 and
    3.11.5), each is under one that takes it; a package comes once.
    """
    newest, oldest = MICROS
    there = {newest: [entry for entry in entries if target.takes(entry, newest)]}
    there[oldest] = [
        entry
        for entry in entries
        if target.takes(entry, oldest) and entry not in there[newest]
    ]
    return there


def this_machine():
    """The target this program runs on; its system is None if it has no name here."""
    here = (sys.platform, platform.machine())
    version = "{}.{}".format(*sys.version_info[:2])
    return Target({there: name for name, there in SYSTEMS.items()}.get(here), version)


def choose(systems=(), python_versions=()):
    """
    The targets that are asked for: each system with each Python.

    Without a system it is this machine, and then without a Python this one.

    Raises
    ------
    ValueError
        A system or a Python that is not to be had.
    """
    here = this_machine()
    every_python = PYTHON_VERSIONS if systems else [here.python_version]
    systems = systems or [here.system]
    known = ", ".join(SYSTEMS)
    for name in systems:
        if name is None:
            machine = f"{sys.platform} on {platform.machine()}"
            raise ValueError(
                f"This machine ({machine}) is none of those that have every package "
                f'ready built: {known}. Name one: make wheelhouse PLATFORM="linux"'
            )
        if name not in SYSTEMS:
            raise ValueError(
                f"PLATFORM={name!r} is not known; there are: {known}. Type, for "
                'example: make wheelhouse PLATFORM="linux windows"'
            )
    versions = python_versions or every_python
    for version in versions:
        if version not in PYTHON_VERSIONS:
            raise ValueError(
                f"PYTHON_VERSIONS={version!r} is not among those that have every "
                f"package ready built: {', '.join(PYTHON_VERSIONS)}. Type, for "
                'example: make wheelhouse PYTHON_VERSIONS="3.11 3.12"'
            )
    return [Target(system, version) for system in systems for version in versions]
