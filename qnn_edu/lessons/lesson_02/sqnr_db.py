"""10 log10 of the energy of x over the energy of the noise, y - x."""

import math

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(x, y):
    return 10 * math.log10(np.sum(x**2) / np.sum((y - x) ** 2))


@mistake("20 log10 is for a ratio of amplitudes. These sums of squares are energies: 10 log10.")
def twenty_log(x, y):
    return 20 * math.log10(np.sum(x**2) / np.sum((y - x) ** 2))


@mistake("decibels use the logarithm to base 10, log10.")
def natural_log(x, y):
    return 10 * math.log(np.sum(x**2) / np.sum((y - x) ** 2))


@mistake("the ratio stands upside down: signal over noise.")
def upside_down(x, y):
    return 10 * math.log10(np.sum((y - x) ** 2) / np.sum(x**2))


@mistake("that is the plain ratio; decibels are 10 log10 of it.")
def ratio_only(x, y):
    return np.sum(x**2) / np.sum((y - x) ** 2)


@mistake("np.std takes the mean away first. Energy is the plain sum of squares.")
def standard_deviations(x, y):
    return 20 * math.log10(np.std(x) / np.std(y - x))


@mistake("the signal is x, before quantization, not y.")
def quantized_as_signal(x, y):
    return 10 * math.log10(np.sum(y**2) / np.sum((y - x) ** 2))


def _pair(bits: int) -> tuple[np.ndarray, np.ndarray]:
    x = default_rng(bits).normal(0, 1, 500)
    step = 8 / 2**bits
    return x, np.round(x / step) * step


sqnr_db = Exercise(
    "SQNR in dB",
    solution,
    cases=[_pair(4), _pair(8), _pair(2)],
    mistakes=(
        twenty_log,
        natural_log,
        upside_down,
        ratio_only,
        standard_deviations,
        quantized_as_signal,
    ),
    hints=(
        "The noise is y - x. Compare its energy (sum of squares) with that of x.",
        "10 * log10(energy of x / energy of the noise)",
    ),
    tolerance=FLOAT32,
)
