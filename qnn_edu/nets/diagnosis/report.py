"""What a diagnosis says: findings, the steps that led to them, and how both are printed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from html import escape
from textwrap import fill
from typing import Any

from qnn_edu.nets.litert.comparison import Comparison

WIDTH = 96  # columns of the printed report

# Most serious first: what spoils all that is measured after it, then what spoils a layer.
KINDS = (
    "float_differs",
    "input_scale",
    "calibration_scale",
    "outlier_channel",
    "stretched_channel",
    "clipped_layer",
    "float_operator",
    "dead_channel",
    "sensitive_layer",
)


@dataclass(frozen=True)
class Finding:
    """One fault: its kind (of `KINDS`), where it is, what shows it, what it costs, what to do.

    `layers` are all names by which the place is known: a layer of the file may hold a convolution
    with its normalisation and activation. `channel` counts from 0; None where it is not one.
    """

    kind: str
    where: str
    measured: str
    cost: str
    advice: str
    layers: tuple[str, ...] = ()
    channel: int | None = None

    def __post_init__(self) -> None:
        assert self.kind in KINDS, self.kind

    def __str__(self) -> str:
        lines = (("measured", self.measured), ("costs", self.cost), ("do", self.advice))
        told = (_entry(f"{word:>8}: ", text) for word, text in lines)
        return "\n".join([f"{self.kind}: {self.where}", *told])


@dataclass(frozen=True)
class Step:
    """A rung of the ladder: what it measured, what that would cost, and what to do next.

    `files` are what the step converted, in a row each: bytes, accuracy, time, integer share.
    `stops`: nothing is to be gained above this rung.
    """

    name: str
    measured: str
    cost: str = "nothing"
    advice: str = "go on"
    findings: tuple[Finding, ...] = ()
    files: tuple[Comparison, ...] = ()
    stops: bool = False

    def __str__(self) -> str:
        lines = [self.name, _entry("  ", self.measured)]
        if self.cost != "nothing":
            lines.append(_entry("  costs: ", self.cost))
        return "\n".join([*lines, _entry("  next: ", self.advice)])


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found; print it.

    `steps`: the rungs that were climbed. `notes`: what was assumed.
    """

    name: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All faults, most serious first."""
        found = [finding for step in self.steps for finding in step.findings]
        return tuple(sorted(found, key=lambda finding: KINDS.index(finding.kind)))

    @property
    def healthy(self) -> bool:
        """Is there no finding?"""
        return not self.findings

    @property
    def headline(self) -> str:
        """The outcome in a line."""
        count = len(self.findings)
        said = f"{count} finding{'s' * (count > 1)}" if count else "nothing is wrong"
        return f"Diagnosis of {self.name}: {said}"

    def as_dict(self) -> dict[str, Any]:
        """All of it in plain types, for JSON."""
        return {
            "healthy": self.healthy,
            "notes": list(self.notes),
            "findings": [asdict(finding) for finding in self.findings],
            "steps": [asdict(step) for step in self.steps],
        }

    def __str__(self) -> str:
        parts = [self.headline, "\n".join(_entry("  ", note) for note in self.notes)]
        parts += [f"{number}. {finding}" for number, finding in enumerate(self.findings, start=1)]
        parts += [
            "The ladder",
            *(f"{number}. {step}" for number, step in enumerate(self.steps, start=1)),
        ]
        if files := [row for step in self.steps for row in step.files]:
            parts.append(_table(files))
        return "\n\n".join(filter(None, parts))

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def _entry(head: str, text: str) -> str:
    """`head` and text, wrapped, its further lines below its beginning."""
    return fill(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))


def _table(files: list[Comparison]) -> str:
    """The rows of all steps, each file once."""
    head = ("file", "accuracy (%)", "bytes", "time (µs)", "integer")
    rows = [
        (
            row.name,
            f"{row.accuracy:.2f}",
            f"{row.size:,}",
            f"{1e6 * row.time:,.1f}",
            f"{row.integer_share:.0%}",
        )
        for row in {row.name: row for row in files}.values()
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join(
            [cells[0].ljust(widths[0]), *map(str.rjust, cells[1:], widths[1:])],
        )
        for cells in (head, *rows)
    )
