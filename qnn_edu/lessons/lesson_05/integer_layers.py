"""A layer becomes integer where the ranges of its input and of its output are known."""

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(known):
    return [bool(before and after) for before, after in zip(known[:-1], known[1:], strict=True)]


@mistake(
    "you asked the output alone. An integer kernel "
    "also reads integers: the input needs a range too."
)
def output_alone(known):
    return [bool(after) for after in known[1:]]


@mistake(
    "you asked the input alone. An integer kernel also "
    "writes integers: the output needs a range too."
)
def input_alone(known):
    return [bool(before) for before in known[:-1]]


@mistake("one of the two is not enough. The kernel reads and writes integers.")
def either(known):
    return [bool(before or after) for before, after in zip(known[:-1], known[1:], strict=True)]


@mistake(
    "integers do begin again behind a gap, at the next "
    "fake quantizer: the file has a QUANTIZE there."
)
def until_the_first_gap(known):
    layers = solution(known)
    return [all(layers[: k + 1]) for k in range(len(layers))]


@mistake("one gap does not spoil everything, only the layers that it touches.")
def all_or_nothing(known):
    return [all(known)] * (len(known) - 1)


@mistake("the other way round: those are the layers left in float.")
def float_layers(known):
    return [not layer for layer in solution(known)]


integer_layers = Exercise(
    "Which layers become integer",
    solution,
    cases=[
        ([True, True, True],),
        ([True, False, True],),
        ([False, True, True, True],),
        ([True, True, False, False, True, True, True],),
        ([True, True, True, False],),
    ],
    mistakes=(output_alone, input_alone, either, until_the_first_gap, all_or_nothing, float_layers),
    hints=(
        "Layer k reads tensor k and writes tensor k + 1.",
        "It is an integer layer if both have a range.",
        "[known[k] and known[k + 1] for k in range(len(known) - 1)]",
    ),
)
