"""The networks of keras.applications: all become elementary, and are prepared and converted."""

import numpy as np
import pytest

from qnn_edu import nets, tflite
from qnn_edu.nets.qat.elementary.rewrite import elementary
from tests.nets.qat.applications import NETWORKS, answers, network, stepped
from tests.nets.qat.steps import roundings

QUICK = ("MobileNetV3Small", "ConvNeXtTiny")
CASES = [
    pytest.param(name, marks=pytest.mark.slow if name in QUICK else pytest.mark.more)
    for name in NETWORKS
]


@pytest.mark.parametrize("name", CASES)
def test_the_elementary_network_computes_the_same(name):
    model, x = network(name)
    one, other = (m(x[:2], training=False).numpy() for m in (model, elementary(model)))
    np.testing.assert_allclose(other, one, rtol=0, atol=1e-4 * np.abs(one).max())


@pytest.mark.more
@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_prepared_trained_and_converted_without_a_float_operator(name):
    model, x = network(name)
    prepared = stepped(nets.quantize_aware(model), x)
    content = nets.convert(prepared, "int8")
    assert not nets.float_operators(tflite.read(content))
    assert answers(content, x[:1])[0].shape == (1, 10)
    behind_norms = 5  # a product and a sum, each of which rounds
    assert max(steps for _, steps, _ in roundings(prepared, [x[:1]])) <= behind_norms + 0.01
