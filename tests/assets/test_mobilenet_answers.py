"""What is kept of MobileNet's answers is what it answers."""

import pytest

from qnn_edu.data import recorded_answers
from tools.assets.mobilenet_answers import MODEL, PHOTOS, answers


def test_the_record_is_current(real_data):
    """But for the float sums of another processor."""
    labels = (real_data / "imagenet_labels.txt").read_text().splitlines()
    now, kept = answers(real_data / "models" / MODEL, labels), recorded_answers()
    assert tuple(kept) == PHOTOS
    for name in PHOTOS:
        for file in ("uint8", "float twin"):
            assert now[name][file] == pytest.approx(kept[name][file], abs=1e-4)
