"""From the first layer below 10 dB back to one that made more than half of its error."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(sqnr_db, share_made):
    broken = np.flatnonzero(sqnr_db < 10)
    if len(broken) == 0:
        return None
    for k in range(broken[0], 0, -1):
        if share_made[k] > 0.5:
            return k
    return 0


@mistake(
    "that is the first broken layer. If it inherited most of its error, the fault lies further "
    "back: walk on."
)
def first_broken(sqnr_db, share_made):
    return int(np.argmax(sqnr_db < 10))


@mistake("the lowest SQNR of all. That layer may only pass on what came in.")
def lowest_sqnr(sqnr_db, share_made):
    return int(np.argmin(sqnr_db))


@mistake(
    "the largest share. A layer may make all of an error that is tiny: the first one nearly "
    "always does."
)
def largest_share(sqnr_db, share_made):
    return int(np.argmax(share_made))


@mistake(
    "you walked back from the output. Behind the break, a layer may make more than half of its "
    "error anew, and heal nothing. Start where it breaks."
)
def from_the_output(sqnr_db, share_made):
    return max(np.flatnonzero(share_made > 0.5), default=0)


@mistake(
    "the first layer of all that made more than half. It did, and the network still stood long "
    "after it: walk back from the break instead."
)
def from_the_input(sqnr_db, share_made):
    return min(np.flatnonzero(share_made > 0.5), default=0)


@mistake(
    "you walked on from the break towards the output. What a layer inherits comes from before it: "
    "step back."
)
def towards_the_output(sqnr_db, share_made):
    broken = np.flatnonzero(sqnr_db < 10)
    if len(broken) == 0:
        return None
    later = [k for k in range(broken[0], len(share_made)) if share_made[k] > 0.5]
    return later[0] if later else len(share_made) - 1


@mistake(
    "you went as far as the largest share before the break. Stop at the first layer, on the way "
    "back, that made more than half."
)
def largest_share_before(sqnr_db, share_made):
    if not (sqnr_db < 10).any():
        return None
    return int(np.argmax(share_made[: np.argmax(sqnr_db < 10) + 1]))


@mistake(
    "no layer is broken in this case, and yours frees one: np.argmax gives 0 where nothing is "
    "true. Ask first whether there is a broken layer; if not, return None."
)
def frees_a_healthy_network(sqnr_db, share_made):
    return solution(sqnr_db, share_made) or 0


@mistake(
    "it walks back beyond the first layer: index -1 is the last one. If all of them inherited, "
    "stop at 0. And if no layer is broken, return None."
)
def beyond_the_first(sqnr_db, share_made):
    start = int(np.argmax(sqnr_db < 10))
    back = range(start, -len(share_made) - 1, -1)
    return next((k for k in back if share_made[k] > 0.5), None)


@mistake("not always one step back: as many as it takes.")
def one_step_back(sqnr_db, share_made):
    return first_broken(sqnr_db, share_made) - 1


def _network(seed):
    """A chain whose SQNR falls to about 10 dB and below, most values not far from a limit."""
    rng = default_rng(seed)
    layers = int(rng.integers(4, 10))
    sqnr_db = np.sort(
        rng.choice([-12, 4, 8.5, 9, 9.9, 10, 10.4, 11, 12, 15, 19, 21, 30, 38], layers)
    )
    share_made = rng.choice([0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.7, 0.95], layers)
    return sqnr_db[::-1] + rng.choice([-0.5, 0, 0, 0.5], layers), share_made


layer_to_free = Exercise(
    "Which layer to leave in float",
    solution,
    cases=[
        (np.array([38, 35, 20, 2, 4, 1.0]), np.array([0.98, 0.2, 0.9, 0.05, 0, 0.01])),
        (np.array([40, 30, 25, 9, 8, 12.0]), np.array([1, 0.7, 0.3, 0.4, 0, 0.6])),
        (np.array([35, 33, 6, 5, 7.0]), np.array([0.9, 0.2, 0.95, 0.1, 0.2])),
        (np.array([30, 25, 22, 21, 3, 2.0]), np.array([0.4, 0.8, 0.4, 0.3, 0.2, 0.99])),
        (np.array([38, 30, 25, 20.0]), np.array([0.9, 0.7, 0.6, 0.3])),  # nothing is broken
        (np.array([28, 12, 4, 2.0]), np.array([0.3, 0.4, 0.2, 0.4])),  # all inherited
        # 10 dB is not broken yet, 9.5 is; half made here is not most of it
        (np.array([38, 10, 9.5, 4]), np.array([0.9, 0.3, 0.6, 0.9])),
        (np.array([30, 22, 5, 3.0]), np.array([0.9, 0.7, 0.5, 0.8])),
        *map(_network, range(24)),
    ],
    mistakes=(
        first_broken,
        lowest_sqnr,
        largest_share,
        from_the_output,
        from_the_input,
        towards_the_output,
        largest_share_before,
        frees_a_healthy_network,
        beyond_the_first,
        one_step_back,
    ),
    hints=(
        "np.flatnonzero(sqnr_db < 10) has the broken layers, the first one first; it may be empty.",
        "If that layer made at most half of its error, look at the one before, and so on.",
        "broken = np.flatnonzero(sqnr_db < 10). If len(broken) == 0, return None. for k in "
        "range(broken[0], 0, -1): return the first k with share_made[k] > 0.5. After the loop: 0.",
    ),
)
