"""The fewest layers whose noise, left out, brings the sum of all others down to a limit."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(noise, limit):
    order = np.argsort(-noise)
    loud = noise[order]
    left = np.cumsum(loud[::-1])[::-1]  # in integers before each of them is freed
    return order[left > limit].tolist()


def one_after_the_other(noise, limit):
    order = np.argsort(-noise)
    left = noise.sum() - np.cumsum(noise[order]) + noise[order]
    return order[left > limit].tolist()


@mistake("you freed each layer whose own noise is above the limit. Many small ones add up as well.")
def each_above_the_limit(noise, limit):
    return [k for k in np.argsort(-noise).tolist() if noise[k] > limit]


@mistake("you began with the layer that makes the least noise. The loudest helps most.")
def quietest_first(noise, limit):
    left, freed = noise.sum(), []
    for k in np.argsort(noise).tolist():
        if left <= limit:
            break
        left, freed = left - noise[k], [*freed, k]
    return freed


@mistake("you freed layers from the input on. Take the one that makes most noise first.")
def in_order_of_the_network(noise, limit):
    left, freed = noise.sum(), []
    for k in range(len(noise)):
        if left <= limit:
            break
        left, freed = left - noise[k], [*freed, k]
    return freed


@mistake("one layer too many: stop as soon as what is left is at most the limit.")
def one_too_many(noise, limit):
    order = np.argsort(-noise).tolist()
    return order[: len(solution(noise, limit)) + 1]


@mistake("one too few: what is left is still above the limit.")
def one_too_few(noise, limit):
    return solution(noise, limit)[:-1]


@mistake("those are the layers that stay in integers. Asked are those to leave in float.")
def the_others(noise, limit):
    freed = solution(noise, limit)
    return [k for k in np.argsort(-noise).tolist() if k not in freed]


@mistake("you stop when the noise that was REMOVED reaches the limit. Count what is left.")
def removed_reaches_the_limit(noise, limit):
    removed, freed = 0.0, []
    for k in np.argsort(-noise).tolist():
        if removed >= limit:
            break
        removed, freed = removed + noise[k], [*freed, k]
    return freed


@mistake("the right layers, in order of their index. The one that helps most comes first.")
def by_index(noise, limit):
    return sorted(solution(noise, limit))


@mistake("at most one layer. Go on while what is left is above the limit.")
def only_one(noise, limit):
    return solution(noise, limit)[:1]


def _noise(seed):
    """Noise of some layers in eighths, so that sums are exact, and a limit."""
    rng = default_rng(seed)
    count = int(rng.integers(3, 9))
    noise = rng.permutation(64)[:count] / 8 + 1 / 8
    return noise, float(np.round(8 * noise.sum() * rng.choice([0.2, 0.4, 0.6, 0.8])) / 8)


to_free = Exercise(
    "Which layers to leave in float",
    solution,
    cases=[
        (np.array([0.25, 8.0, 0.5, 2.0, 0.125]), 3.0),
        (np.array([0.25, 8.0, 0.5, 2.0, 0.125]), 0.5),
        (np.array([1.0, 0.5, 0.25]), 2.0),  # nothing to free
        (np.array([1.0, 4.0, 2.0, 3.0]), 3.0),  # just enough
        (np.array([0.5, 0.375, 0.25, 0.625]), 0.75),  # none is above the limit
        *map(_noise, range(12)),
    ],
    mistakes=(
        each_above_the_limit,
        quietest_first,
        in_order_of_the_network,
        one_too_many,
        one_too_few,
        the_others,
        removed_reaches_the_limit,
        by_index,
        only_one,
    ),
    also=(one_after_the_other,),
    pairs=False,
    hints=(
        "Start with the sum of all noise. As long as that is above the limit, free a layer.",
        "The loudest first: np.argsort(-noise) has their indices in that order.",
        "for k in np.argsort(-noise).tolist(): if left <= limit, break; else left -= noise[k], and "
        "append k. Return the list.",
    ),
)
