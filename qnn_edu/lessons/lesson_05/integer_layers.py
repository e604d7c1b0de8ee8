"""A layer becomes integer where the ranges of its input and of its output are known."""

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(known):
    return [known[k] and known[k + 1] for k in range(len(known) - 1)]


@mistake(
    "you asked the output alone. An integer kernel also reads integers: the input needs a range "
    "too."
)
def output_alone(known):
    return [bool(after) for after in known[1:]]


@mistake(
    "you asked the input alone. An integer kernel also writes integers: the output needs a range "
    "too."
)
def input_alone(known):
    return [bool(before) for before in known[:-1]]


@mistake("one of the two is not enough. The kernel reads and writes integers.")
def either(known):
    return [bool(before or after) for before, after in zip(known[:-1], known[1:], strict=True)]


@mistake(
    "integers do begin again behind a gap, at the next fake quantizer: the file has a QUANTIZE "
    "there."
)
def until_the_first_gap(known):
    layers = solution(known)
    return [all(layers[: k + 1]) for k in range(len(layers))]


@mistake("one gap does not spoil everything, only the layers that it touches.")
def all_or_nothing(known):
    return [all(known)] * (len(known) - 1)


@mistake(
    "one layer too many: between n tensors there are n - 1 layers, and the last tensor is no "
    "input of the first."
)
def closed_ring(known):
    return [
        bool(before and after) for before, after in zip(known, known[1:] + known[:1], strict=True)
    ]


@mistake(
    "one layer too many: between n tensors there are n - 1 layers, and the first tensor is no "
    "output of the last."
)
def closed_ring_before(known):
    return [
        bool(before and after) for before, after in zip([known[-1], *known], known, strict=False)
    ]


@mistake("those are the numbers of the integer layers. For each layer True or False is asked for.")
def places(known):
    return [k for k in range(len(known) - 1) if known[k] and known[k + 1]]


@mistake("one range before a layer, anywhere, is not enough. Its own input and output need one.")
def known_before(known):
    return [any(known[: k + 2]) for k in range(len(known) - 1)]


@mistake("all of them, whatever is known. Without ranges a layer stays in float.")
def every_layer(known):
    return [True] * (len(known) - 1)


@mistake(
    "where both agree. If neither has a range, the layer is in float, and yours makes it integer."
)
def both_alike(known):
    return [before == after for before, after in zip(known[:-1], known[1:], strict=True)]


@mistake("none of them. A layer with ranges on both sides is computed in integers.")
def no_layer(known):
    return [False] * (len(known) - 1)


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
        ([False, False, True, True, False],),
        ([True, False, False, True, True, False, True, True],),
        ([False, True, False, False, True, True, True, False, True],),
    ],
    mistakes=(
        output_alone,
        input_alone,
        either,
        until_the_first_gap,
        all_or_nothing,
        closed_ring,
        closed_ring_before,
        places,
        known_before,
        every_layer,
        both_alike,
        no_layer,
        float_layers,
    ),
    hints=(
        "Layer k reads tensor k and writes tensor k + 1.",
        "It is an integer layer if both have a range.",
        "[known[k] and known[k + 1] for k in range(len(known) - 1)]",
    ),
)
