"""Random models of one operator: the engine equals LiteRT bit for bit, under all its kernel sets.

50 for each family, made from the schema with random shapes, strides, padding, dilation,
activations, scales and zero points; in half of them scales are powers of two, so that many results
are ties. `python -m tests.oracle.count` says how many that are.
"""

import numpy as np
import pytest

from qnn_edu import engine, nets, tflite
from tests.oracle.random_models import FAMILIES, kernel_sets, random_model

MODELS = 25  # of each family
# What LiteRT loads, and then reads as what it is not.
MISREAD = {"SUM int16", "FULLY_CONNECTED hybrid in blocks"}
BOUND = 2.0**-16  # of an output's largest value: how far sums of real numbers may be off


@pytest.mark.parametrize("ties", [False, True], ids=["", "ties"])
@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_random_operator_equals_litert(family, kernels, ties):
    for seed in range(MODELS):
        content, inputs = random_model(family, seed, ties=ties)
        if kernels not in kernel_sets(content):
            assert_refused(content, inputs, kernels, by_both=family not in MISREAD)
            continue
        ours = engine.run(tflite.read(content), inputs, kernels=kernels)
        theirs = nets.run_tflite(content, inputs, kernels=kernels)
        assert bool(ours.in_float) == bool({"float", "hybrid"} & set(family.split()))
        for one, other in zip(ours.outputs, theirs.outputs, strict=True):
            assert (one.dtype, one.shape) == (other.dtype, other.shape)
            real = other.dtype.kind == "f" and ours.in_float
            allowed = BOUND * np.abs(other).max() if real else 0
            np.testing.assert_allclose(one, other, rtol=0, atol=allowed, err_msg=f"seed {seed}")


def assert_refused(content, inputs, kernels, *, by_both):
    with pytest.raises(ValueError, match=f"LiteRT's {kernels} kernels have none"):
        engine.run(tflite.read(content), inputs, kernels=kernels)
    if by_both:
        with pytest.raises(ValueError, match="cannot load this model"):
            nets.run_tflite(content, inputs, kernels=kernels)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_image_never_depends_on_its_neighbors(family):
    """A batch runs at once, unless a kernel says that it works along the first dimension."""
    for seed in range(MODELS):
        content, inputs = random_model(family, seed)
        graph, kernels = tflite.read(content), kernel_sets(content)[-1]
        batch = [np.stack([x, np.roll(x, 1), x]) for x in inputs]
        given = [x.reshape(-1, *x.shape[2:]) if x.shape[1:2] == (1,) else x for x in batch]
        together = engine.run(graph, given, kernels=kernels).outputs
        for k in range(3):
            alone = engine.run(graph, [x[k] for x in batch], kernels=kernels).outputs
            for a, b in zip(alone, together, strict=True):
                np.testing.assert_array_equal(a.ravel(), b[k].ravel(), err_msg=f"seed {seed}")


@pytest.mark.parametrize("family", FAMILIES)
def test_random_models_are_not_trivial(family):
    """The comparison means something: what comes out is neither constant nor all clamped."""
    spread = []
    for seed in range(MODELS):
        content, inputs = random_model(family, seed)
        out = nets.run_tflite(content, inputs, kernels="optimized").outputs[0].astype(np.float64)
        spread.append(len(np.unique(out)) / out.size)
    assert np.mean(spread) > 0.02
