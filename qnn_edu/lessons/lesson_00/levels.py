"""`bits` bits have 2**bits levels: each bit doubles them."""

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(bits):
    return 2**bits


@mistake("that is the number of steps between the levels, one less.")
def steps(bits):
    return 2**bits - 1


@mistake("each bit doubles the number of levels; yours adds as many for each.")
def twice(bits):
    return 2 * bits


@mistake("2 to the power of bits, not bits to the power of 2.")
def square(bits):
    return bits**2


@mistake("in Python ^ is exclusive or. A power is **.")
def xor(bits):
    return 2 ^ bits


levels = Exercise(
    "Levels of n bits",
    solution,
    cases=[(1,), (2,), (3,), (8,), (16,)],
    mistakes=(steps, twice, square, xor),
    hints=(
        "One bit has two states. How many have two bits together?",
        "Each further bit doubles the number.",
        "2**bits",
    ),
)
