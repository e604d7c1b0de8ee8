"""Arguments drawn at random for every exercise, in the ranges that its text speaks of.

What a check says on its few cases has to hold on these as well.
"""

import numpy as np

from qnn_edu.core import fixed_point


def one_of(rng, *values):
    return values[rng.integers(len(values))]


def grid(rng):
    return one_of(rng, (-128, 127), (0, 255), (-8, 7), (0, 15), (-2, 1), (-127, 127))


def levels(rng):
    return (int(rng.integers(1, 20)),)


def model_input(rng):
    scale, zero_point = float(rng.uniform(0.002, 0.1)), int(rng.integers(-128, 128))
    middle, width = rng.uniform(-1, 1), rng.uniform(0.2, 2)
    size = tuple(rng.integers(2, 9, 2))
    return rng.normal(middle, width, size).astype(np.float32), scale, zero_point


def probabilities(rng):
    q = rng.integers(-128, 128, rng.integers(3, 20)).astype(np.int8)
    return q, float(rng.uniform(0.001, 0.2)), int(rng.integers(-128, 128))


def top(rng):
    p = rng.permutation(rng.integers(4, 40)) + 1.0
    return p / p.sum(), int(rng.integers(1, len(p)))


def scale_and_zero_point(rng):
    qmin, qmax = grid(rng)
    return -float(rng.uniform(0, 5)), float(rng.uniform(0, 5)), qmin, qmax


def leak(rng):
    shape = tuple(rng.integers(2, 6, rng.integers(1, 4)))
    x = np.where(rng.uniform(size=shape) < rng.uniform(0.2, 0.8), 0, rng.uniform(-1, 1, shape))
    x.flat[:2] = 0, 0.5  # one that leaks, and one that does not
    return x, rng.normal(rng.uniform(-1, 1), 1, shape), float(rng.uniform(-0.05, 0.05))


def rounding_rms(rng):
    return -float(rng.uniform(0, 5)), float(rng.uniform(0.1, 5)), int(rng.integers(2, 9))


def sqnr_db(rng):
    x = rng.normal(rng.uniform(-1, 1), 1, rng.integers(20, 300))
    step = rng.uniform(0.01, 1)
    return x, np.round(x / step) * step


def narrow_scale(rng):
    return rng.normal(rng.uniform(-1, 1), 1, rng.integers(3, 100)), int(rng.integers(2, 10))


def channel_scales(rng):
    shape = tuple(rng.integers(2, 6, rng.integers(2, 5)))
    return rng.normal(rng.uniform(-0.5, 0.5), 1, shape), int(rng.integers(len(shape)))


def moving_average(rng):
    return rng.uniform(1, 9, rng.integers(2, 30)), float(rng.uniform(0.5, 0.99))


def best_threshold(rng):
    x = np.append(rng.normal(0, 1, rng.integers(100, 800)), rng.uniform(4, 12))
    thresholds = np.sort(rng.uniform(0.3, 14, rng.integers(10, 40)))
    return x, thresholds, int(rng.integers(2, 7))


def input_params(rng):
    return float(rng.uniform(0, 255)), float(rng.uniform(1, 255))


def calibrated(rng):
    middle = rng.uniform(-3, 3)
    shapes = [tuple(rng.integers(1, 5, rng.integers(1, 4))) for _ in range(rng.integers(2, 6))]
    return ([rng.normal(middle, 1, shape) for shape in shapes],)


def share_made(rng):
    shape = tuple(rng.integers(2, 6, rng.integers(1, 4)))
    y = rng.normal(rng.uniform(-1, 1), 1, shape)
    came = y + rng.normal(rng.uniform(-0.2, 0.2), rng.uniform(0.01, 0.5), shape)
    return y, came, came + rng.normal(rng.uniform(-0.2, 0.2), rng.uniform(0.01, 0.5), shape)


def layer_to_free(rng):
    layers = int(rng.integers(3, 12))
    sqnr_db = np.round(np.cumsum(-rng.exponential(5, layers)) + 40 + rng.normal(0, 3, layers), 1)
    return sqnr_db, np.round(rng.uniform(0, 1, layers), 2)


image_range = input_params


def stored_bias(rng):
    channels = int(rng.integers(2, 10))
    weight_scale = one_of(rng, rng.uniform(0.002, 2), rng.uniform(0.002, 2, channels))
    bias = rng.normal(0, 10 ** rng.uniform(-1, 2), channels)
    return bias, float(rng.uniform(0.005, 2)), weight_scale


def filter_ranges(rng):
    size, inputs, filters = rng.integers(1, 4), rng.integers(1, 6), rng.integers(2, 6)
    return (rng.normal(rng.uniform(-0.3, 0.3), 0.3, (size, size, inputs, filters)),)


def integer_layers(rng):
    return ((rng.uniform(size=rng.integers(2, 12)) < rng.uniform(0.3, 0.9)).tolist(),)


def straight_through(rng):
    x, upstream, lo, hi = range_gradients(rng)
    scale, bits = one_of(rng, 0.25, 0.5, 2.0, 4.0), int(rng.integers(2, 5))  # with exact ends
    qmin = one_of(rng, -(2 ** (bits - 1)), 0)
    ends = scale * np.array([qmin, qmin + 2**bits - 1])
    return np.append(x * 2, ends), np.append(upstream, [1.5, -0.5]), scale, qmin, qmin + 2**bits - 1


def range_gradients(rng):
    size, lo, hi = int(rng.integers(5, 40)), -float(rng.uniform(0.2, 2)), float(rng.uniform(0.2, 2))
    x = np.append(rng.normal(0, 2, size), [lo, hi])
    return x, rng.normal(0, rng.uniform(0.5, 4), size + 2), lo, hi


def leaky(rng):
    return *range_gradients(rng), float(rng.uniform(0.01, 0.9))


def step_gradient(rng):
    size, qmax = int(rng.integers(5, 60)), int(rng.integers(1, 16))
    qmin, scale = -int(rng.integers(0, 9)), one_of(rng, 0.25, 0.5, float(rng.uniform(0.1, 3)))
    x = rng.uniform(1.5 * qmin - 1, 1.5 * qmax, size) * scale
    if scale in (0.25, 0.5):  # the ends themselves, exactly
        x[:2] = qmin * scale, qmax * scale
    return x, rng.normal(0, 1, size), scale, qmin, qmax


def weights(rng):
    size, inputs, filters = rng.integers(1, 4), rng.integers(2, 6), rng.integers(2, 6)
    w = rng.normal(rng.uniform(-0.3, 0.3), 1, (size, size, inputs, filters))
    return w * rng.uniform(0.1, 5, filters), int(rng.integers(2, 9))


def ranges(rng):
    return float(rng.uniform(0.3, 0.99)), rng.uniform(1, 9, rng.integers(3, 30))


def delayed(rng):
    batches, bits = int(rng.integers(3, 10)), int(rng.integers(2, 6))
    x = rng.uniform(0, rng.uniform(2, 9), (batches, int(rng.integers(3, 20))))
    return x, rng.uniform(1, 8, batches), bits, int(rng.integers(1, batches))


def turns(rng):
    walk = rng.choice([-1, -1, 0, 0, 0, 1, 1], (rng.integers(4, 30), rng.integers(2, 12)))
    return (np.clip(walk.cumsum(axis=0), -3, 3),)


def folded_bias(rng):
    channels = int(rng.integers(2, 12))
    four = [rng.normal(0, 1, channels) for _ in range(4)]
    return *four, rng.uniform(0.02, 2, channels), float(10 ** rng.uniform(-3, -1))


def depthwise_fold(rng):
    channels, multiplier = (int(n) for n in rng.integers(1, 5, 2))
    weight = rng.normal(0, 1, (3, 3, channels, multiplier))
    return weight, rng.uniform(0.5, 4, channels * multiplier)


def lost_channels(rng):
    window = one_of(rng, (3, 3), (1, 1, 6), (3, 3, 2), (8,))
    widths = 1 / rng.uniform(1, 10 ** rng.uniform(1, 3.5), rng.integers(4, 40))
    return rng.normal(0, 1, (*window, len(widths))) * widths, int(rng.integers(2, 9))


def cut_idle(rng):
    channels, epsilon = int(rng.integers(2, 10)), float(10 ** rng.uniform(-3, -1))
    variance = rng.uniform(0, 3, channels) * one_of(rng, epsilon, 1.0, np.repeat(epsilon, channels))
    variance[rng.integers(channels)] = epsilon
    weight = rng.normal(0, 1, (*one_of(rng, (3, 3), (1, 1, 4), (5,)), channels))
    return weight, rng.normal(0, 1, channels), rng.normal(0, 1, channels), variance, epsilon


def accumulator(rng):
    q_x, q_w = rng.integers(-127, 128, (2, rng.integers(2, 700))).astype(np.int8)
    zero_point, bias = int(rng.integers(-128, 128)), int(rng.normal(0, 10 ** rng.uniform(1, 8)))
    return q_x, q_w, zero_point, bias


def quantized_bias(rng):
    channels = int(rng.integers(2, 12))
    scale_x, scale_y = (float(scale) for scale in rng.uniform(0.01, 2, 2))
    bias = rng.normal(0, 10 ** rng.uniform(-1, 2), channels)
    return bias, scale_x, rng.uniform(0.002, 2, channels), scale_y


def multiplier(rng):
    return float(2 ** rng.uniform(-12, 2)), int(one_of(rng, 3, 4, 5, 8, 16, 31))


def round_twice(rng):
    m = one_of(rng, 0.25, 0.125, 0.0625, float(rng.uniform(0.001, 0.49)))
    ties = np.round(np.arange(-14, 15) / 4 / m)
    acc = np.append(ties, rng.integers(-int(200 / m), int(200 / m), rng.integers(5, 40)))
    lo, hi = one_of(rng, (-128, 127), (5, 90), (-100, 20), (-10, 60))
    zero_point = int(rng.integers(-128, 128))
    return acc.astype(np.int32), *fixed_point.quantize_multiplier(m), zero_point, lo, hi


def round_once(rng):
    m = one_of(rng, 0.5, 0.25, 0.0625, float(rng.uniform(0.001, 0.9)))
    ties = np.round(np.arange(-7, 8) / 2 / m)
    acc = np.append(ties, rng.integers(-int(200 / m), int(200 / m), rng.integers(5, 40)))
    lo, hi = one_of(rng, (-128, 127), (5, 90), (-100, 20), (-10, 60))
    zero_point = int(rng.integers(-128, 128))
    return acc.astype(np.int32), *fixed_point.quantize_multiplier(m), zero_point, lo, hi


def chance(rng):
    count = int(rng.integers(2, 3000))
    return int(rng.integers(0, count + 1)), count


def odd_ones(rng):
    count = int(rng.integers(3, 20))
    shape = tuple(rng.integers(1, 5, rng.integers(1, 4)))
    sizes = 2.0 ** rng.choice([0, 0, 0, 0, 0.5, -0.5, 1.3, -1.3, 8, -8, 3, -3], count)
    images = rng.uniform(0.5, 1, (count, *shape)) * rng.choice([-1, 1], (count, *shape))
    sizes[rng.integers(count)] = 2.0 ** one_of(rng, -20, 20)  # one is odd at least
    return (images * sizes.reshape(-1, *[1] * len(shape)),)


def worst_channel(rng):
    channels = int(rng.integers(2, 8))
    shape = (*rng.integers(2, 6, rng.integers(1, 4)), channels)
    real = rng.normal(0, 1, shape) * 10 ** rng.uniform(-1, 1, channels)
    if rng.integers(2):
        real[..., rng.integers(channels)] = 0
    return real, real + rng.normal(0, 1, shape) * 10 ** rng.uniform(-2, 0, channels)


def to_free(rng):
    count = int(rng.integers(3, 12))
    noise = (rng.permutation(200)[:count] + 1) / 8
    return noise, float(np.round(8 * noise.sum() * rng.uniform(0.05, 1.1)) / 8)


def equalizing_factor(rng):
    inputs, channels, outputs = rng.integers(1, 8, 3)
    first = rng.normal(0, 1, (inputs, channels)) * 10 ** rng.uniform(-2, 2, channels)
    return first, rng.normal(0, 1, (channels, outputs)) * 10 ** rng.uniform(-2, 2, (channels, 1))


def scaled_relu6(rng):
    n, channels = rng.integers(2, 12, 2)
    factor = 10 ** rng.uniform(-1, 1, channels)
    return rng.normal(2, 6, (n, channels)) / factor, factor


def corrected_bias(rng):
    inputs, outputs = rng.integers(2, 10, 2)
    weight, levels = rng.normal(0, 1, (inputs, outputs)), one_of(rng, 1, 2, 4)
    rounded = (levels * weight).round() / levels
    return rng.normal(0, 1, outputs), weight, rounded, rng.uniform(0, 4, inputs)


def made_up(rng):
    n = int(rng.integers(2, 9))
    x = rng.normal(0, 1, (4 * n, n)) @ rng.normal(0, 1, (n, n))
    gram = x.T @ x / len(x) + 0.1 * np.eye(n)
    w, i = rng.normal(0, 2, n), int(rng.integers(n))
    return w, i, float(np.rint(w[i])), np.linalg.cholesky(np.linalg.inv(gram)).T
