"""The program `dot` of Graphviz: pictures of DOT sources, within a limit of time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import lru_cache

LIMIT = 20.0  # seconds; readers wait no longer for a picture

_INSTEAD = (
    ", so it is told in words. Try to merge more (--merge, or merge=True), or write a .dot file, "
    "which needs no program."
)


class NotDrawn(ValueError):
    """`dot` has not drawn a source, or not within the limit."""


def is_here() -> bool:
    """Whether the program is on the PATH."""
    return shutil.which("dot") is not None


def rendered(source: str, form: str) -> bytes:
    """What `dot` makes of a source.

    Raises:
        NotDrawn: it fails, or takes more than LIMIT seconds.
        ValueError: the program is missing.
    """
    if not is_here():
        raise ValueError(
            f"To draw {form} the program 'dot' is needed, and it is not on the PATH. Install "
            "Graphviz (apt install graphviz, brew install graphviz, conda install graphviz), "
            "or write a .dot file, which needs no program."
        )
    return _rendered(source, form)


@lru_cache(maxsize=32)  # readers of an explorer go back to what they saw
def _rendered(source: str, form: str) -> bytes:
    try:
        done = subprocess.run(
            ["dot", f"-T{form}"], input=source.encode(), capture_output=True, timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        raise NotDrawn(
            f"The program 'dot' has not drawn this network in {LIMIT:g} s{_INSTEAD}"
        ) from None
    complaint = done.stderr.decode(errors="replace").strip()
    if done.returncode:
        said = " ".join(complaint.split())[:200]
        raise NotDrawn(f"The program 'dot' cannot draw this network ({said}){_INSTEAD}")
    if complaint:
        print(complaint, file=sys.stderr)
    return done.stdout
