"""A weight swings where it moves against its last direction that was not 0."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(levels):
    turns = np.zeros(levels.shape[1], int)
    last = np.zeros(levels.shape[1])
    for way in np.sign(np.diff(levels, axis=0)):
        turns += way * last < 0
        last = np.where(way != 0, way, last)
    return turns


@mistake(
    "you counted every change. A weight that climbs from level to level does not swing; count "
    "where it goes back."
)
def all_changes(levels):
    return (np.diff(levels, axis=0) != 0).sum(axis=0)


@mistake("the wrong axis: steps are rows and weights are columns. Compare a weight with itself.")
def along_the_weights(levels):
    return solution(levels.T)


@mistake(
    "it may stand for a while before it goes back. Remember the last direction that was not 0."
)
def at_once_only(levels):
    way = np.sign(np.diff(levels, axis=0))
    return (way[1:] * way[:-1] < 0).sum(axis=0)


@mistake("you compared signs of levels; what turns round is the direction of a move.")
def signs(levels):
    return (np.sign(levels[1:]) != np.sign(levels[:-1])).sum(axis=0)


@mistake("the first move counts in yours. Nothing turns round where nothing moved before.")
def first_move_too(levels):
    return solution(levels) + (np.diff(levels, axis=0) != 0).any(axis=0)


@mistake(
    "a stop and a start count in yours, as changes of the direction to 0 and from 0. Only a move "
    "against the last one does."
)
def stops_too(levels):
    return (np.diff(np.sign(np.diff(levels, axis=0)), axis=0) != 0).sum(axis=0)


@mistake("only turns from up to down count in yours. From down to up is a turn as well.")
def only_down(levels):
    last, turns = np.zeros(levels.shape[1]), np.zeros(levels.shape[1], int)
    for way in np.sign(np.diff(levels, axis=0)):
        turns += (last > 0) & (way < 0)
        last = np.where(way != 0, way, last)
    return turns


@mistake("you counted moves down. A turn is a move against the last one.")
def moves_down(levels):
    return (np.diff(levels, axis=0) < 0).sum(axis=0)


@mistake("you counted moves up. A turn is a move against the last one.")
def moves_up(levels):
    return (np.diff(levels, axis=0) > 0).sum(axis=0)


@mistake("one sum for all; wanted is a number for each weight.")
def all_together(levels):
    return solution(levels).sum()


def _recorded(seed, steps, weights):
    walk = default_rng(seed).choice([-1, 0, 0, 0, 1], (steps, weights))
    return np.clip(walk.cumsum(axis=0), -3, 3)


turns = Exercise(
    "Count the swings",
    solution,
    cases=[
        (np.array([[0, 1, 2, 5], [1, 1, 3, 5], [1, 1, 2, 5], [0, 2, 3, 5], [1, 3, 2, 5]]),),
        (_recorded(8, 40, 7),),
        (_recorded(9, 12, 12),),
    ],
    mistakes=(
        all_changes,
        along_the_weights,
        at_once_only,
        signs,
        first_move_too,
        stops_too,
        only_down,
        moves_down,
        moves_up,
        all_together,
    ),
    hints=(
        "np.sign(np.diff(levels, axis=0)) is the direction of each move, or 0.",
        "Keep, for each weight, the last direction that was not 0.",
        "A swing is where direction * last < 0.",
    ),
)
