"""The exercise of lesson 00: how exercises answer."""

from __future__ import annotations

from qnn_edu.lessons.exercise import Exercise, Mistake


def _levels(bits):
    return 2**bits


def _steps(bits):
    return 2**bits - 1


def _twice(bits):
    return 2 * bits


def _square(bits):
    return bits**2


def _xor(bits):
    return 2 ^ bits


levels = Exercise(
    "Levels of n bits",
    _levels,
    [(1,), (2,), (3,), (8,), (16,)],
    (
        Mistake(_steps, "that is the number of steps between the levels, one less."),
        Mistake(_twice, "each bit doubles the number of levels; yours adds 2 for each."),
        Mistake(_square, "2 to the power of bits, not bits to the power of 2."),
        Mistake(_xor, "in Python ^ is exclusive or. A power is **."),
    ),
    (
        "One bit has two states. How many have two bits together?",
        "Each further bit doubles the number.",
        "2**bits",
    ),
)
