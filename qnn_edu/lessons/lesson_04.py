"""Exercises of lesson 04: post-training quantization."""

from __future__ import annotations

import numpy as np

from qnn_edu.lessons.exercise import Exercise, Mistake

RNG = np.random.default_rng


def _input_params(mean, std):
    return 1 / std, int(mean)


def _std_as_scale(mean, std):
    return std, int(mean)


def _always_255(mean, std):
    return 1 / 255, int(mean)


def _negative_mean(mean, std):
    return 1 / std, -int(mean)


def _real_offset(mean, std):
    return 1 / std, round(-mean / std)


def _swapped_params(mean, std):
    return int(mean), 1 / std


input_params = Exercise(
    "Scale and zero point of an input",
    _input_params,
    [(128.0, 128.0), (0.0, 255.0), (117.0, 58.0)],
    (
        Mistake(
            _std_as_scale,
            "the deviation came back as the scale. A step of q is a step of 1 / std in x.",
        ),
        Mistake(_always_255, "1/255 is the scale of images from 0 to 1. Here std divides."),
        Mistake(
            _negative_mean,
            "the sign of the zero point: it is the q that stands for x = 0, and (q - mean) / std "
            "is 0 at q = mean.",
        ),
        Mistake(
            _real_offset,
            "that is the x of q = 0, a real number. The zero point is the q of x = 0.",
        ),
        Mistake(_swapped_params, "scale and zero point are swapped."),
    ),
    (
        "x = (q - mean) / std, and x = scale * (q - zero_point). Compare the two.",
        "Which factor stands before the bracket, and what is subtracted inside?",
        "return 1 / std, int(mean)",
    ),
    tolerance=1e-6,
)


def _calibrated(batches):
    lo = min(0.0, *(batch.min() for batch in batches))
    hi = max(0.0, *(batch.max() for batch in batches))
    return lo, hi


def _without_zero(batches):
    return min(batch.min() for batch in batches), max(batch.max() for batch in batches)


def _mean_of_extremes(batches):
    lo = np.mean([batch.min() for batch in batches])
    hi = np.mean([batch.max() for batch in batches])
    return min(0.0, lo), max(0.0, hi)


def _last_batch(batches):
    return _calibrated([batches[-1], batches[-1]])


def _first_batch(batches):
    return _calibrated([batches[0], batches[0]])


def _symmetric(batches):
    largest = max(np.abs(batch).max() for batch in batches)
    return -largest, largest


calibrated = Exercise(
    "The range that min-max calibration finds",
    _calibrated,
    [
        ([np.array([-1.0, 2.0]), np.array([0.5, 3.0]), np.array([-0.25, 1.0])],),
        ([np.array([2.0, 5.0]), np.array([1.0, 4.0])],),
        ([np.array([-3.0, -1.0]), np.array([-2.0, -0.5])],),
        ([RNG(k).normal(0, 1, shape) for k, shape in enumerate([(50,), (6, 5), (2, 3, 4)])],),
    ],
    (
        Mistake(
            _without_zero,
            "the range must hold zero, or padding and ReLU could not write an exact 0: "
            "extend it to 0 where it misses it.",
        ),
        Mistake(
            _mean_of_extremes,
            "you averaged the batches. Min-max keeps the smallest and the largest value ever seen.",
        ),
        Mistake(_last_batch, "only the last batch counted. Keep the extremes of all of them."),
        Mistake(_first_batch, "only the first batch counted. Keep the extremes of all of them."),
        Mistake(_symmetric, "that is a symmetric range. Activations take lo and hi as they come."),
    ),
    (
        "Keep the smallest and the largest value of all batches.",
        "What if all values are positive? The range has to hold zero as well.",
        "min(0.0, *(batch.min() for batch in batches)), and max likewise",
    ),
    tolerance=1e-6,
)


def _share_made(y_float, y_came, y_int8):
    made = np.sum((y_int8 - y_came) ** 2)
    inherited = np.sum((y_came - y_float) ** 2)
    return made / (made + inherited)


def _share_inherited(y_float, y_came, y_int8):
    return 1 - _share_made(y_float, y_came, y_int8)


def _over_the_total(y_float, y_came, y_int8):
    return np.sum((y_int8 - y_came) ** 2) / np.sum((y_int8 - y_float) ** 2)


def _without_squares(y_float, y_came, y_int8):
    made, inherited = np.abs(y_int8 - y_came).sum(), np.abs(y_came - y_float).sum()
    return made / (made + inherited)


def _signed(y_float, y_came, y_int8):
    return np.sum(y_int8 - y_came) / np.sum(y_int8 - y_float)


def _norms(y_float, y_came, y_int8):
    made, inherited = np.linalg.norm(y_int8 - y_came), np.linalg.norm(y_came - y_float)
    return made / (made + inherited)


def _three_outputs(seed, made, inherited, shape=(40,)):
    rng = RNG(seed)
    y = rng.normal(0, 1, shape)
    came = y + rng.normal(0, inherited, shape)
    return y, came, came + rng.normal(0, made, shape)


share_made = Exercise(
    "The share of the error made here",
    _share_made,
    [
        _three_outputs(0, 0.1, 0.1),
        _three_outputs(1, 0.3, 0.1),
        _three_outputs(2, 0.05, 0.4, (2, 5, 4)),
    ],
    (
        Mistake(_share_inherited, "that is the share that came in with the inputs."),
        Mistake(
            _over_the_total,
            "you divided by the energy of the whole error. Its two parts may cancel or add up, so "
            "that is no share: it can exceed 1. Divide by the sum of the two energies.",
        ),
        Mistake(_without_squares, "energies are sums of squares, not of sizes."),
        Mistake(_signed, "errors of different sign cancel in a plain sum. Square them first."),
        Mistake(_norms, "those are lengths, roots of the energies. Leave the root out."),
    ),
    (
        "Made here: what the int8 operator gave, less what the float operator makes of the same "
        "input. Inherited: that, less what the float network has there.",
        "Take the sum of the squares of each.",
        "made / (made + inherited)",
    ),
    tolerance=1e-6,
)


def _layer_to_free(sqnr_db, share_made):
    k = int(np.argmax(sqnr_db < 10))
    while share_made[k] <= 0.5:
        k -= 1
    return k


def _first_broken(sqnr_db, share_made):
    return int(np.argmax(sqnr_db < 10))


def _lowest_sqnr(sqnr_db, share_made):
    return int(np.argmin(sqnr_db))


def _largest_share(sqnr_db, share_made):
    return int(np.argmax(share_made))


def _from_the_output(sqnr_db, share_made):
    return int(np.flatnonzero(share_made > 0.5)[-1])


def _from_the_input(sqnr_db, share_made):
    return int(np.flatnonzero(share_made > 0.5)[0])


def _one_step_back(sqnr_db, share_made):
    return _first_broken(sqnr_db, share_made) - 1


layer_to_free = Exercise(
    "Which layer to leave in float",
    _layer_to_free,
    [
        (np.array([38, 35, 20, 2, 4, 1.0]), np.array([0.98, 0.2, 0.9, 0.05, 0, 0.01])),
        (np.array([40, 30, 25, 9, 8, 12.0]), np.array([1, 0.7, 0.3, 0.4, 0, 0.6])),
        (np.array([35, 33, 6, 5, 7.0]), np.array([0.9, 0.2, 0.95, 0.1, 0.2])),
        (np.array([30, 25, 22, 21, 3, 2.0]), np.array([0.4, 0.8, 0.4, 0.3, 0.2, 0.99])),
        # 10 dB is not broken yet, 9.5 is; half made here is not most of it
        (np.array([38, 10, 9.5, 4]), np.array([0.9, 0.3, 0.6, 0.9])),
        (np.array([30, 22, 5, 3.0]), np.array([0.9, 0.7, 0.5, 0.8])),
    ],
    (
        Mistake(
            _first_broken,
            "that is the first broken layer. If it inherited most of its error, the fault lies "
            "further back: walk on.",
        ),
        Mistake(_lowest_sqnr, "the lowest SQNR of all. That layer may only pass on what came in."),
        Mistake(
            _largest_share,
            "the largest share. A layer may make all of an error that is tiny: the first one "
            "nearly always does.",
        ),
        Mistake(
            _from_the_output,
            "you walked back from the output. Behind the break, a layer may make more than half "
            "of its error anew, and heal nothing. Start where it breaks.",
        ),
        Mistake(
            _from_the_input,
            "the first layer of all that made more than half. It did, and the network still stood "
            "long after it: walk back from the break instead.",
        ),
        Mistake(_one_step_back, "not always one step back: as many as it takes."),
    ),
    (
        "np.argmax(sqnr_db < 10) is the first broken layer.",
        "While that layer made at most half of its error, step to the one before.",
        "k = int(np.argmax(sqnr_db < 10)), then: while share_made[k] <= 0.5: k -= 1",
    ),
)
