"""The networks of keras.applications: all become elementary, and are prepared and converted."""

import numpy as np
import pytest

from qnn_edu import nets, tflite
from tests.nets.qat.applications import NETWORKS, answers, network, stepped
from tests.nets.qat.steps import beyond, roundings

pytestmark = pytest.mark.more


@pytest.mark.parametrize("name", NETWORKS)
def test_the_elementary_network_computes_the_same(name):
    model, x = network(name)
    one, other = (m(x[:2], training=False).numpy() for m in (model, nets.elementary(model)))
    np.testing.assert_allclose(other, one, rtol=0, atol=1e-4 * np.abs(one).max())


@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_prepared_trained_and_converted_without_a_float_operator(name):
    model, x = network(name)
    prepared = stepped(nets.quantize_aware(model), x)
    content = nets.convert(prepared, "int8")
    assert not nets.float_operators(tflite.read(content))
    assert answers(content, x[:1])[1]
    for kernels in ("reference", "xnnpack"):
        assert not beyond(roundings(prepared, [x[:1]], kernels=kernels)), kernels


@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_quantized_after_training_without_a_float_operator(name):
    model, x = network(name)
    source = nets.elementary(model) if name == "ConvNeXtTiny" else model
    content = nets.convert(source, "int8", calibration=x)
    assert not nets.float_operators(tflite.read(content))
    assert answers(content, x[:1])[1]
