"""What diagrams write beside operators that move values is what LiteRT does, in numpy's words."""

import numpy as np
import pytest

from qnn_edu import nets, tflite
from qnn_edu.draw.graphs.words.operators import details
from tests.oracle.one_operator import Spec, model

MODELS = 40  # of each operator


def strided_slice(rng, shape):
    """Begins, ends and strides for some axes, any of which may be lost; one is new, or `...`."""
    places = rng.integers(1, len(shape) + 1)
    begin, end = (rng.integers(-6, 7, places) for _ in "be")
    strides = rng.choice([-2, -1, 1, 2], places)
    masks = {f"{side}Mask": int(rng.integers(2**places)) for side in ("begin", "end")}
    lost = int(rng.integers(2**places)) if rng.random() < 0.5 else 0
    for place in range(places):
        if lost >> place & 1:
            begin[place] = rng.integers(min(shape))
            end[place], strides[place] = begin[place] + 1, 1
    special = rng.choice(["", "ellipsisMask", "newAxisMask"])
    bit = 1 << int(rng.integers(places)) if special else 0
    masks = {name: bits & ~lost & ~bit for name, bits in masks.items()}
    masks |= {"shrinkAxisMask": lost & ~bit, **({special: bit} if special else {})}
    return "StridedSliceOptions", masks, [begin, end, strides]


def window(rng, shape):
    begin = [rng.integers(size) for size in shape]
    rooms = [size - first for first, size in zip(begin, shape, strict=True)]
    return "SliceOptions", {}, [begin, [rng.choice([-1, rng.integers(1, n + 1)]) for n in rooms]]


def pad(rng, shape):
    return "PadOptions", {}, [rng.integers(0, 3, (len(shape), 2))]


def transpose(rng, shape):
    return "TransposeOptions", {}, [rng.permutation(len(shape))]


def reshape(rng, shape):
    return "ReshapeOptions", {}, [[1, -1, shape[-1]]]


def tile(rng, shape):
    return "TileOptions", {}, [rng.integers(1, 4, len(shape))]


SPACE = {"np": np, "newaxis": np.newaxis}
MEANING = {  # how numpy does what the words say
    "STRIDED_SLICE": (strided_slice, "x{}", ""),
    "SLICE": (window, "x{}", ""),
    "PAD": (pad, "np.pad(x, [{}])", "pad "),
    "TRANSPOSE": (transpose, "x.transpose({})", "perm "),
    "RESHAPE": (reshape, "x.reshape({})", "shape "),
    "TILE": (tile, "np.tile(x, [{}])", "times "),
}


@pytest.mark.parametrize("name", MEANING)
def test_the_words_do_in_numpy_what_litert_does(name):
    draw, expression, role = MEANING[name]
    compared = 0
    for seed in range(MODELS):
        rng = np.random.default_rng(seed)
        shape = tuple(rng.integers(1, 6, rng.integers(2, 5)))
        options, fields, constants = draw(rng, shape)
        specs = [Spec(np.shape(row), np.int32, data=row) for row in constants]
        content = model(
            name, [Spec(shape, np.float32), *specs], Spec((), np.float32), options, **fields
        )
        x = rng.normal(size=shape).astype(np.float32)
        theirs = nets.run_tflite(content, [x], kernels="reference").outputs[0]
        graph = tflite.read(content).subgraphs[0]
        (words,) = details(graph.operators[0], graph)
        ours = eval(expression.format(words.removeprefix(role)), SPACE | {"x": x})
        np.testing.assert_array_equal(ours, theirs, err_msg=f"seed {seed}: {words}")
        compared += theirs.size
    assert compared > 200
