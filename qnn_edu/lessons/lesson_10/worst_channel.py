"""The SQNR of each channel by itself, and of those the lowest; silent channels do not count."""

import numpy as np
from numpy.random import default_rng

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(real, got):
    before = tuple(range(real.ndim - 1))
    signal = np.sum(real**2, axis=before)
    noise = np.sum((got - real) ** 2, axis=before)
    return 10 * np.log10(np.min(signal[signal > 0] / noise[signal > 0]))


def _energies(real, got):
    """Signal and noise of each channel that has a signal."""
    rows, errors = (a.reshape(-1, real.shape[-1]) for a in (real, got - real))
    signal, noise = np.sum(rows**2, axis=0), np.sum(errors**2, axis=0)
    return signal[signal > 0], noise[signal > 0]


@mistake("that is the SQNR over all channels, in which large ones hide what the small ones lost.")
def over_all(real, got):
    signal, noise = _energies(real, got)
    return 10 * np.log10(signal.sum() / noise.sum())


@mistake("that is the mean of the channels. One that is lost drowns in it: take the lowest.")
def mean_of_channels(real, got):
    signal, noise = _energies(real, got)
    return np.mean(10 * np.log10(signal / noise))


@mistake("that is the best channel.")
def best_channel(real, got):
    signal, noise = _energies(real, got)
    return 10 * np.log10(np.max(signal / noise))


@mistake("energies are squares already: 10 log10 of their ratio. 20 is for amplitudes.")
def twenty(real, got):
    return 2 * solution(real, got)


@mistake("a ratio is not in dB yet: 10 * np.log10.")
def as_a_ratio(real, got):
    signal, noise = _energies(real, got)
    return np.min(signal / noise)


@mistake("channels are the LAST axis. You took the first, which counts examples.")
def first_axis(real, got):
    last = tuple(range(1, real.ndim))
    signal, noise = np.sum(real**2, axis=last), np.sum((got - real) ** 2, axis=last)
    return 10 * np.log10(np.min(signal[signal > 0] / noise[signal > 0]))


@mistake("that is the channel with the largest error. A large channel may bear it: use the ratio.")
def largest_noise(real, got):
    signal, noise = _energies(real, got)
    k = noise.argmax()
    return 10 * np.log10(signal[k] / noise[k])


@mistake("that is the smallest channel. Its error may be smaller still: use the ratio.")
def smallest_signal(real, got):
    signal, noise = _energies(real, got)
    k = signal.argmin()
    return 10 * np.log10(signal[k] / noise[k])


@mistake("noise over signal: the sign is turned round.")
def upside_down(real, got):
    signal, noise = _energies(real, got)
    return 10 * np.log10(np.min(noise / signal))


def _layer(seed, shape, sizes, errors, silent=()):
    """A layer's values, its channels of these sizes, with these errors; some of it silent."""
    rng = default_rng(seed)
    real = rng.normal(0, 1, shape) * np.array(sizes)
    real[..., list(silent)] = 0
    return real, real + rng.normal(0, 1, shape) * np.array(errors)


worst_channel = Exercise(
    "The worst channel",
    solution,
    cases=[
        _layer(0, (30, 4), [10, 1, 0.1, 3], [0.05, 0.05, 0.05, 0.05]),
        _layer(1, (5, 3, 3, 3), [1, 2, 4], [0.02, 0.2, 0.05]),
        _layer(2, (4, 6, 5), [1, 5, 0.2, 9, 1], [0.1, 0.01, 0.01, 0.9, 0.3], silent=[2]),
        _layer(3, (40, 3), [8, 0.5, 1], [3, 0.1, 0.01]),
        _layer(4, (6, 2, 2, 4), [1, 1, 0.3, 6], [0.02, 0.4, 0.05, 0.7], silent=[0]),
        _layer(5, (3, 7), [1, 2, 3, 4, 5, 6, 7], [0.3, 0.2, 0.9, 0.1, 0.6, 0.4, 0.5]),
    ],
    mistakes=(
        over_all,
        mean_of_channels,
        best_channel,
        twenty,
        as_a_ratio,
        first_axis,
        largest_noise,
        smallest_signal,
        upside_down,
    ),
    hints=(
        "Two sums for each channel, of real**2 and of (got - real)**2, over all axes but the last.",
        "axis=tuple(range(real.ndim - 1)). Keep the channels with signal > 0.",
        "10 * np.log10(np.min(signal[signal > 0] / noise[signal > 0]))",
    ),
    tolerance=FLOAT32,
)
