"""Layers that remember."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec

TANH = 4  # the schema's number


def _lstm(rng):
    """Several sequences, the time first or not; with and without input gate, peepholes, projection.

    Scales are such that gates are neither shut nor open, so that cells move.
    """
    batch, time, inputs = (int(n) for n in (rng.choice([1, 1, 2]), *rng.integers(1, 8, 2)))
    cells, projects, coupled = int(rng.integers(1, 40)), rng.random() < 0.3, rng.random() < 0.3
    outputs = int(rng.integers(1, 20)) if projects else cells
    peepholes = not projects and rng.random() < 0.5
    x = draw.activation(rng, (batch, time, inputs), np.int8)
    state = Spec((batch, outputs), np.int8, draw.scale(rng, 0.005, 0.01), 5, variable=True)
    memory = Spec((batch, cells), np.int16, 2.0 ** int(rng.integers(-15, -8)), variable=True)
    first = 1 if coupled else 0
    gates = range(4)
    from_x = [_weights(rng, (cells, inputs), x) if k >= first else None for k in gates]
    from_h = [_weights(rng, (cells, outputs), state) if k >= first else None for k in gates]
    holes = [_peephole(rng, cells, memory) if peepholes and k >= first else None for k in range(3)]
    biases = [_bias(rng, cells, w) if w else None for w in from_x]
    hidden = Spec((1,), np.int8, draw.scale(rng, 0.004, 0.01), draw.zero_point(rng, np.int8))
    projection = _projection(rng, outputs, cells, hidden) if projects else [None, None]
    specs = [x, *from_x, *from_h, *holes, *biases, *projection, state, memory, *[None] * 4]
    swapped = bool(rng.random() < 0.3)
    if swapped:
        specs[0] = Spec((time, batch, inputs), np.int8, x.scale, x.zero_point)
    shape = (*specs[0].shape[:2], outputs)
    fields = {
        "fusedActivationFunction": TANH,
        "timeMajor": swapped,
        "cellClip": float(rng.choice([0, 0, 0.7])),
        "projClip": float(rng.choice([0, 0.5])),
        "intermediates": [*[Spec((1,), np.int16, 2.0**-12)] * 4, hidden],
    }
    output = Spec(shape, np.int8, state.scale, state.zero_point)
    return specs, output, "UnidirectionalSequenceLSTMOptions", fields


def _weights(rng, shape, values):
    spread = float(values.scale) * 75 * 75 * shape[1] ** 0.5
    scale = np.float32(np.exp(rng.uniform(-1, 1)) / spread)
    return Spec(shape, np.int8, scale, data=rng.integers(-127, 128, shape))


def _peephole(rng, cells, memory):
    scale = draw.scale(rng, 2.0**-17, 2.0**-15)
    return Spec((cells,), np.int16, scale, data=rng.integers(-32767, 32768, cells))


def _bias(rng, cells, weights):
    data = np.round(rng.normal(0, 2000, cells))
    return Spec((cells,), np.int32, weights.scale, data=data)


def _projection(rng, outputs, cells, hidden):
    scale = np.float32(np.exp(rng.uniform(-1, 1)) / (75 * cells**0.5))
    weights = Spec((outputs, cells), np.int8, scale, data=rng.integers(-127, 128, (outputs, cells)))
    return [weights, Spec((outputs,), np.int32, scale, data=rng.integers(-5000, 5000, outputs))]


def _svdf(rng):
    batch, inputs, memory, units = (int(n) for n in rng.integers(1, 12, 4))
    batch, rank = int(rng.choice([1, 1, batch])), int(rng.integers(1, 4))
    filters = units * rank
    x = draw.activation(rng, (batch, inputs), np.int8)
    shape = (batch, memory * filters)
    state = Spec(shape, np.int16, draw.scale(rng, 0.0005, 0.005), variable=True)
    feature = _weights(rng, (filters, inputs), x)
    data = rng.integers(-2000, 2001, (filters, memory))
    time = Spec((filters, memory), np.int16, draw.scale(rng, 0.0001, 0.001), data=data)
    product = np.float32(state.scale * time.scale)
    bias = Spec((units,), np.int32, product, data=rng.integers(-100000, 100000, units))
    scale = np.float32(float(time.scale) * 1000 * rank**0.5 * np.exp(rng.uniform(-5, -3)))
    output = Spec((batch, units), np.int8, scale, draw.zero_point(rng, np.int8))
    specs = [x, feature, time, bias if rng.random() < 0.8 else None, state]
    fields = {"rank": rank, "fusedActivationFunction": 1, "version": 3}
    return specs, output, "SVDFOptions", fields


FAMILIES = {"SVDF": _svdf, "UNIDIRECTIONAL_SEQUENCE_LSTM": _lstm}
