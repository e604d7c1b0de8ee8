"""The work of a piece of code, counted: the same on an idle machine and on a busy one."""

import sys
from contextlib import contextmanager


@contextmanager
def at_most(limit):
    """Fail if functions of Python are called more than `limit` times inside."""
    count, before = 0, sys.getprofile()

    def profile(frame, event, value):
        nonlocal count
        count += event == "call"

    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(before)
    assert count <= limit, f"{count} calls"
