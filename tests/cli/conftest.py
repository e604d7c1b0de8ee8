"""The same plain output on every machine."""

import pytest


@pytest.fixture(autouse=True)
def plain_output(monkeypatch):
    """No colours and no width from outside: typer and rich ask the environment for both."""
    for name in ("COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "TERMINAL_WIDTH"):
        monkeypatch.delenv(name, raising=False)
