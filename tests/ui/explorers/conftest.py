"""Each explorer is made once a session, when a test first asks for it."""

from collections.abc import Iterator
from functools import cache

import pytest

from qnn_edu.ui import explorers
from qnn_edu.ui.live import Live

MADE = cache(lambda name: getattr(explorers, name)())


@pytest.fixture
def explorer(request: pytest.FixtureRequest) -> Iterator[Live]:
    """The explorer that `test_NAME.py` is about; afterwards its controls stand as before."""
    found = MADE(request.path.stem.removeprefix("test_"))
    before = {name: control.value for name, control in found.controls.items()}
    yield found
    found.set(**before)
