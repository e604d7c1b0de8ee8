"""From the first layer below 10 dB back to one that made more than half of its error."""

import numpy as np

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(sqnr_db, share_made):
    k = int(np.argmax(sqnr_db < 10))
    while share_made[k] <= 0.5:
        k -= 1
    return k


@mistake(
    "that is the first broken layer. If it inherited most "
    "of its error, the fault lies further back: walk on."
)
def first_broken(sqnr_db, share_made):
    return int(np.argmax(sqnr_db < 10))


@mistake("the lowest SQNR of all. That layer may only pass on what came in.")
def lowest_sqnr(sqnr_db, share_made):
    return int(np.argmin(sqnr_db))


@mistake(
    "the largest share. A layer may make all of an error "
    "that is tiny: the first one nearly always does."
)
def largest_share(sqnr_db, share_made):
    return int(np.argmax(share_made))


@mistake(
    "you walked back from the output. Behind the break, a layer may make more than half of its "
    "error anew, and heal nothing. Start where it breaks."
)
def from_the_output(sqnr_db, share_made):
    return int(np.flatnonzero(share_made > 0.5)[-1])


@mistake(
    "the first layer of all that made more than half. It did, and the network still stood long "
    "after it: walk back from the break instead."
)
def from_the_input(sqnr_db, share_made):
    return int(np.flatnonzero(share_made > 0.5)[0])


@mistake("not always one step back: as many as it takes.")
def one_step_back(sqnr_db, share_made):
    return first_broken(sqnr_db, share_made) - 1


layer_to_free = Exercise(
    "Which layer to leave in float",
    solution,
    cases=[
        (np.array([38, 35, 20, 2, 4, 1.0]), np.array([0.98, 0.2, 0.9, 0.05, 0, 0.01])),
        (np.array([40, 30, 25, 9, 8, 12.0]), np.array([1, 0.7, 0.3, 0.4, 0, 0.6])),
        (np.array([35, 33, 6, 5, 7.0]), np.array([0.9, 0.2, 0.95, 0.1, 0.2])),
        (np.array([30, 25, 22, 21, 3, 2.0]), np.array([0.4, 0.8, 0.4, 0.3, 0.2, 0.99])),
        # 10 dB is not broken yet, 9.5 is; half made here is not most of it
        (np.array([38, 10, 9.5, 4]), np.array([0.9, 0.3, 0.6, 0.9])),
        (np.array([30, 22, 5, 3.0]), np.array([0.9, 0.7, 0.5, 0.8])),
    ],
    mistakes=(
        first_broken,
        lowest_sqnr,
        largest_share,
        from_the_output,
        from_the_input,
        one_step_back,
    ),
    hints=(
        "np.argmax(sqnr_db < 10) is the first broken layer.",
        "While that layer made at most half of its error, step to the one before.",
        "k = int(np.argmax(sqnr_db < 10)), then: while share_made[k] <= 0.5: k -= 1",
    ),
)
