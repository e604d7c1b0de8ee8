"""bias + mean @ (weight - rounded): mean outputs stay what they were."""

from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(bias, weight, rounded, mean):
    return bias + mean @ (weight - rounded)


@mistake("the shift went in twice. The bias takes it back: weight - rounded.")
def other_sign(bias, weight, rounded, mean):
    return bias + mean @ (rounded - weight)


@mistake("the old bias is gone. The correction is added to it.")
def bias_forgotten(bias, weight, rounded, mean):
    return mean @ (weight - rounded)


@mistake("weights were summed as if every input had a mean of 1.")
def without_means(bias, weight, rounded, mean):
    return bias + (weight - rounded).sum(axis=0)


@mistake("one mean for all inputs. Each input has its own, and meets its own weights.")
def one_mean(bias, weight, rounded, mean):
    return bias + mean.mean() * (weight - rounded).sum(axis=0)


def _case(seed, inputs, outputs):
    rng = default_rng(seed)
    weight = rng.normal(0, 1, (inputs, outputs))
    return rng.normal(0, 1, outputs), weight, (2 * weight).round() / 2, rng.uniform(0, 4, inputs)


corrected_bias = Exercise(
    "Correct the bias",
    solution,
    cases=[_case(0, 2, 2), _case(1, 9, 4), _case(2, 5, 1), _case(3, 3, 8)],
    mistakes=(other_sign, bias_forgotten, without_means, one_mean),
    hints=(
        "What is the mean of x @ weight, if the mean of x is known?",
        "The rounded layer has mean @ rounded, the float one mean @ weight; the bias makes up for "
        "the difference.",
        "bias + mean @ (weight - rounded)",
    ),
    tolerance=FLOAT32,
)
