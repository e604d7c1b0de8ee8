"""Two standard errors to each side of a share, after adding two right and two wrong answers."""

import numpy as np

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(right, count):
    share = (right + 2) / (count + 4)
    error = np.sqrt(share * (1 - share) / (count + 4))
    return 100 * max(0.0, share - 2 * error), 100 * min(1.0, share + 2 * error)


def _interval(share, count, errors=2.0, whole=100.0):
    """`errors` standard errors to each side of a share of `count` answers, held in its bounds."""
    error = np.sqrt(share * (1 - share) / count)
    return whole * max(0.0, share - errors * error), whole * min(1.0, share + errors * error)


def in_a_call(right, count):
    return _interval((right + 2) / (count + 4), count + 4)


@mistake(
    "nothing was added. With all answers right the interval is a point, as if 355 right answers "
    "proved that none will ever be wrong: add two right and two wrong ones first."
)
def nothing_added(right, count):
    return _interval(right / count, count)


@mistake("two right answers were added, and none to the count. Four answers came: count + 4.")
def only_right_added(right, count):
    share = min((right + 2) / count, 1)
    return _interval(share, count)


@mistake("count + 2: two right AND two wrong answers are added, so there are four more.")
def two_added(right, count):
    return _interval((right + 2) / (count + 2), count + 2)


@mistake("the share has four more answers, its error the old count. Divide by count + 4 there too.")
def old_count_in_the_error(right, count):
    share = (right + 2) / (count + 4)
    error = np.sqrt(share * (1 - share) / count)
    return 100 * max(0.0, share - 2 * error), 100 * min(1.0, share + 2 * error)


@mistake("that is one standard error to each side, which holds two samples of three. Take two.")
def one_error(right, count):
    return _interval((right + 2) / (count + 4), count + 4, errors=1)


@mistake("that is a share from 0 to 1. The interval is asked for in percent.")
def as_a_share(right, count):
    return _interval((right + 2) / (count + 4), count + 4, whole=1)


@mistake("an accuracy below 0 or above 100 percent does not exist: hold the ends between them.")
def not_held(right, count):
    share = (right + 2) / (count + 4)
    error = np.sqrt(share * (1 - share) / (count + 4))
    return 100 * (share - 2 * error), 100 * (share + 2 * error)


@mistake("that is the variance. The standard error is its root.")
def without_root(right, count):
    share = (right + 2) / (count + 4)
    error = share * (1 - share) / (count + 4)
    return 100 * max(0.0, share - 2 * error), 100 * min(1.0, share + 2 * error)


@mistake("that is the spread of one answer. The mean of n answers varies less: divide by n.")
def of_one_answer(right, count):
    share = (right + 2) / (count + 4)
    error = np.sqrt(share * (1 - share))
    return 100 * max(0.0, share - 2 * error), 100 * min(1.0, share + 2 * error)


chance = Exercise(
    "The interval of chance",
    solution,
    cases=[
        (344, 355),
        (355, 355),
        (96, 96),
        (0, 40),
        (7230, 10_000),
        (1, 3),
        (50, 100),
        (700, 990),
    ],
    mistakes=(
        nothing_added,
        only_right_added,
        two_added,
        old_count_in_the_error,
        one_error,
        as_a_share,
        not_held,
        without_root,
        of_one_answer,
    ),
    also=(in_a_call,),
    hints=(
        "First share = (right + 2) / (count + 4). From then on the count is count + 4.",
        "error = np.sqrt(share * (1 - share) / (count + 4)). Two of them to each side.",
        "return 100 * max(0.0, share - 2 * error), 100 * min(1.0, share + 2 * error)",
    ),
    tolerance=FLOAT32,
)
