"""The TensorFlow graph before conversion, against TensorFlow's own runs and the converted file."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from qnn_edu.data import asset, digits
from qnn_edu.draw import diagram, side_by_side
from qnn_edu.nets import convert, models, tensorflow_graph
from qnn_edu.tflite import read

NORM = {"AddV2", "Rsqrt", "Mul", "Sub"}  # the pieces of batch normalisation


@pytest.fixture(scope="module")
def model():
    return keras.models.load_model(asset("digits.keras"))


@pytest.fixture(scope="module")
def graph(model):
    return tensorflow_graph(model)


def run(graph, inputs):
    """Every tensor of a graph, each operator run by TensorFlow's own kernel of that name."""
    values = {t.index: t.data for t in graph.tensors if t.data is not None}
    values |= dict(zip(graph.inputs, inputs, strict=True))
    for operator in graph.operators:
        kernel, given = getattr(tf.raw_ops, operator.name), dict(operator.options)
        args = [values[i] for i in operator.inputs]
        names = [name for name in kernel.__signature__.parameters if name not in given]
        results = kernel(**dict(zip(names, args, strict=False)), **given)
        results = [results] if tf.is_tensor(results) else results
        values |= {i: r.numpy() for i, r in zip(operator.outputs, results, strict=True)}
    return values


def test_run_again_operator_by_operator_it_is_the_model(model, graph):
    x, _ = digits("test")
    values = run(graph, [x[:3]])
    for tensor in graph.tensors:
        if tensor.index in values:
            assert values[tensor.index].shape == tuple(3 if n < 0 else n for n in tensor.shape)
            assert values[tensor.index].dtype == tensor.dtype
    np.testing.assert_allclose(
        values[graph.outputs[0]], model.predict(x[:3], verbose=0), rtol=1e-4, atol=1e-6
    )


def test_batch_normalisation_is_seen_before_and_gone_after(model, graph):
    before = [operator.name for operator in graph.operators]
    assert set(before) >= NORM and before.count("Rsqrt") == 7
    assert not {"Identity", "NoOp", "ReadVariableOp", "Const"} & set(before)
    after = {operator.name for operator in read(convert(model, "float32")).operators}
    assert not {"ADD", "RSQRT", "MUL", "SUB"} & after


def test_variables_are_constants_under_their_own_names(model, graph):
    by_name = {tensor.name: tensor.data for tensor in graph.tensors}
    for variable in model.variables:
        np.testing.assert_array_equal(by_name[variable.path], variable.numpy())
    assert {"image", "conv/convolution", "block3_pointwise_norm/batchnorm/mul_1"} <= by_name.keys()
    assert graph.size > sum(data.nbytes for data in by_name.values() if data is not None)


def test_fake_quantizers_show_their_range_and_bits():
    weights = tf.Variable(np.float32([[1, -2], [0.5, 1]]), name="weights")

    @tf.function(input_signature=[tf.TensorSpec((None, 2), name="x")])
    def quantized(x):
        w = tf.quantization.fake_quant_with_min_max_vars_per_channel(
            weights, [-1.0, -2.0], [1.0, 2.0], num_bits=4, narrow_range=True
        )
        return tf.quantization.fake_quant_with_min_max_vars(tf.matmul(x, w), -1.0, 3.0)

    graph = tensorflow_graph(quantized)
    names = ["FakeQuantWithMinMaxVarsPerChannel", "MatMul", "FakeQuantWithMinMaxVars"]
    assert [op.name for op in graph.operators] == names
    assert graph.operators[0].options == {"num_bits": 4, "narrow_range": True}
    low, high = (graph.tensors[i].data for i in graph.operators[2].inputs[1:])
    assert (low, high) == (-1, 3)
    text = diagram(graph).text
    assert "4 bits, narrow range, weights 1, -2, 0.5, 1, min -1, -2, max 1, 2" in text
    x = np.float32([[0.3, 0.4]])
    np.testing.assert_array_equal(run(graph, [x])[graph.outputs[0]], quantized(x))


def test_functions_within_functions_are_expanded():
    @tf.function
    def inner(x):
        return tf.nn.relu(x) + 1.0

    @tf.function(input_signature=[tf.TensorSpec((None, 2), name="x"), tf.TensorSpec((), name="y")])
    def outer(x, y):
        return {"sum": inner(x) + y, "same": x}

    graph = tensorflow_graph(outer.get_concrete_function())
    assert [op.name for op in graph.operators] == ["Relu", "AddV2", "AddV2"]
    assert [graph.tensors[i].name for i in graph.inputs] == ["x", "y"]
    assert graph.outputs[0] == graph.inputs[0]  # "same" comes first by name


def test_several_inputs_keep_their_order():
    inputs = [keras.Input((n,), name=f"in{n}") for n in (3, 2)]
    model = keras.Model(inputs, keras.layers.Concatenate()(inputs))
    graph = tensorflow_graph(model)
    assert [graph.tensors[i].shape for i in graph.inputs] == [(-1, 3), (-1, 2)]


def test_both_sides_of_a_conversion_in_one_picture():
    small = models.digits_net()
    picture = side_by_side(
        {"before": tensorflow_graph(small), "after": read(convert(small, "float32"))}
    )
    assert picture.svg().count('class="node"') > 77


@pytest.mark.parametrize(
    "wrong", [keras.Sequential([keras.layers.Dense(1)]), tf.function(tf.nn.relu), b"TFL3", None]
)
def test_what_has_no_graph_yet_is_refused(wrong):
    with pytest.raises(ValueError, match="told its inputs|input_signature|expected a Keras model"):
        tensorflow_graph(wrong)
