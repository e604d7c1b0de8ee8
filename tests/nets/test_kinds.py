"""Every kind of model through every public function: it works, or a ValueError of ours says why.

Kinds are walked in processes of their own, since some have killed an interpreter.
`python -m tests.nets.kinds` prints the matrix of all.
"""

import pytest

from tests.nets.kinds.__main__ import ANEW, matrix
from tests.nets.kinds.table import KINDS
from tests.nets.kinds.walk import NOT_REACHED, STEPS, WORKS

SAMPLE = [
    *("Conv2D grouped", "Dense on sequences", "Embedding", "BatchNormalization first"),
    *("activation hard_swish", "UpSampling2D", "LSTM", "GRU unrolled", "custom layer"),
    *("subclassed, never called", "subclassed, called once", "Sequential without Input"),
    *("Sequential in Sequential", "nested with two inputs and outputs", "shared layer"),
    *("two inputs in a dict", "outputs in a dict", "a constant output", "Concatenate"),
    *("open sizes", "names with spaces and slashes", "mixed_float16", "quantized by Keras"),
    *("prepared, loaded from .keras", "SavedModel of two signatures"),
]
PARTS = 4  # of the whole table, each a test


def walked(names, folder):
    """The answers of these kinds, none of which is somebody else's error."""
    answers = matrix(names, folder)
    assert {(each["kind"], each["step"]) for each in answers} == {
        (name, step) for name in names for step in (*STEPS, ANEW)
    }
    wrong = [each for each in answers if each["outcome"] in ("foreign", "died")]
    assert not wrong, "\n".join("{kind} / {step}: {message}".format(**each) for each in wrong)
    refused = [each for each in answers if each["outcome"] == "refused"]
    assert all(len(each["message"]) > 40 for each in refused)
    return answers


@pytest.mark.slow
def test_kinds_of_all_sorts_work_or_are_refused_in_our_words(tmp_path):
    answers = walked(SAMPLE, tmp_path)
    assert {each["kind"] for each in answers if (each["step"], each["outcome"]) == (ANEW, WORKS)}


@pytest.mark.more
@pytest.mark.parametrize("part", range(PARTS))
def test_every_kind_works_or_is_refused_in_our_words(part, tmp_path):
    answers = walked(list(KINDS)[part::PARTS], tmp_path)
    works = sum(each["outcome"] == WORKS for each in answers)
    reached = sum(each["outcome"] != NOT_REACHED for each in answers)
    assert works > 0.8 * reached
