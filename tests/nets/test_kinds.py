"""Every kind of model through every public function: it works, or a ValueError of ours says why.

The whole table is walked in processes of their own, since some kinds have killed an interpreter.
`python -m tests.nets.kinds` prints the matrix.
"""

import pytest

from tests.nets.kinds.__main__ import ANEW, matrix
from tests.nets.kinds.table import KINDS
from tests.nets.kinds.walk import NOT_REACHED, STEPS, WORKS

PARTS = 4  # of the table, each a test


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_kind_works_or_is_refused_in_our_words(part, tmp_path):
    names = list(KINDS)[part::PARTS]
    answers = matrix(names, tmp_path)
    assert {(each["kind"], each["step"]) for each in answers} == {
        (name, step) for name in names for step in (*STEPS, ANEW)
    }
    wrong = [each for each in answers if each["outcome"] in ("foreign", "died")]
    assert not wrong, "\n".join("{kind} / {step}: {message}".format(**each) for each in wrong)
    refused = [each for each in answers if each["outcome"] == "refused"]
    assert all(len(each["message"]) > 40 for each in refused)
    works = sum(each["outcome"] == WORKS for each in answers)
    reached = sum(each["outcome"] != NOT_REACHED for each in answers)
    assert works > 0.8 * reached
