"""What was tried, what came of it, and all of it as one page to paste."""

from dataclasses import dataclass, field


@dataclass
class Finding:
    """
    One thing that was tried.

    Attributes
    ----------
    what : str
        The same words on every machine.
    works : bool
    details : str
        What was measured, or an error's own message.
    error, cause, cure : str
        Where it does not work: what it is called, what lies behind it, and the line
        to type.
    """

    what: str
    works: bool
    details: str = ""
    error: str = ""
    cause: str = ""
    cure: str = ""

    def __repr__(self):
        """A tick or a cross; a cross comes with its cause and cure."""
        if self.works:
            return f"✓ {self.what}"
        return f"✗ {self.what}: {self.error or self.details}{self.advice()}"

    def advice(self):
        """Cause and cure, each on a line of its own, where they are known."""
        lines = (("cause: ", self.cause), ("cure:  ", self.cure))
        return "".join(f"\n  {name}{words}" for name, words in lines if words)


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

    @property
    def page(self):
        """The machine, every finding with what was measured, and the verdict.

        Text to paste to the host of a course: names of people and of this computer,
        home folders, whole account ids and keys are taken out.
        """
        from bedrock_helpers.preflight.page import page

        return page(self)

    @property
    def verdict(self):
        """The last line: whether anything is to be looked at."""
        bad = sum(not finding.works for finding in self.findings)
        return "Everything works." if not bad else f"{bad} to look at."

    def __repr__(self):
        """One line a finding; then the verdict."""
        return "\n".join([*map(repr, self.findings), self.verdict])
