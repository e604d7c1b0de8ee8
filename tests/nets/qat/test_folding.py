"""Folding whole Keras models: equal to Keras in what they compute, to the converter in weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnn_edu import nets, tflite
from qnn_edu.data import asset, digits
from qnn_edu.nets import models
from qnn_edu.nets.quiet import load_keras
from qnn_edu.ptq import fold_batch_norm

keras = load_keras()
K = keras.layers


def norms(model):
    return [layer.name for layer in model.layers if type(layer) is K.BatchNormalization]


def shaken(model, seed=0):
    """`model` with random weights and statistics, as if it were trained."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        if type(layer) is K.BatchNormalization:
            n = layer.moving_mean.shape[0]
            given = [rng.uniform(0.1, 3, n)] * layer.scale + [rng.normal(0, 1, n)] * layer.center
            layer.set_weights([*given, rng.normal(0, 1, n), rng.uniform(1e-3, 4, n)])
        elif isinstance(layer, keras.Model):
            shaken(layer, seed + 1)
        elif layer.get_weights():
            layer.set_weights([rng.normal(0, 0.3, w.shape) for w in layer.get_weights()])
    return model


def inputs(model, count=4):
    shape = (count, *model.inputs[0].shape[1:])
    return np.random.default_rng(1).normal(0, 1, shape).astype(np.float32)


def answers(model, x):
    return keras.tree.flatten(model.predict(x, verbose=0))


def assert_same_function(model, folded):
    x = inputs(model)
    for a, b in zip(answers(model, x), answers(folded, x), strict=True):
        np.testing.assert_allclose(b, a, rtol=0, atol=1e-5 * np.abs(a).max())


def in_the_file(model):
    """The weights and biases of a model's float32 file, laid out as Keras has them."""
    graph = tflite.read(nets.convert(model, "float32"))
    found = []
    for op in graph.operators:
        tensors = [graph.tensors[i].data for i in op.inputs[1:3]]
        if op.name == "CONV_2D":
            tensors[0] = np.moveaxis(tensors[0], 0, 3)
        elif op.name == "FULLY_CONNECTED":
            tensors[0] = tensors[0].T
        elif op.name != "DEPTHWISE_CONV_2D":
            continue
        found += tensors
    return found


def assert_same_weights(model, folded):
    """To the bit, in the order of the file."""
    stored = in_the_file(model)
    kept = [w for layer in folded.layers for w in layer.get_weights()]
    assert len(stored) == len(kept)
    for weight in stored:
        matches = [w for w in kept if w.size == weight.size and (w.ravel() == weight.ravel()).all()]
        assert matches, f"no weight of the folded model is equal to one of shape {weight.shape}"


BATCH_NORM = st.fixed_dictionaries(
    {"scale": st.booleans(), "center": st.booleans(), "epsilon": st.sampled_from([1e-5, 1e-3])}
)
ANY = {"use_bias": st.booleans()}
SPATIAL = ANY | {"strides": st.integers(1, 2), "padding": st.sampled_from(["same", "valid"])}
CONV = {"filters": st.integers(2, 19), "kernel_size": st.integers(1, 3)} | SPATIAL
DEPTHWISE = {"kernel_size": st.just(3), "depth_multiplier": st.integers(1, 3)} | SPATIAL
SPATIAL_LAYER = st.one_of(
    st.tuples(st.just(kind), st.fixed_dictionaries(options))
    for kind, options in (("Conv2D", CONV), ("DepthwiseConv2D", DEPTHWISE))
)
DENSE = st.fixed_dictionaries({"units": st.integers(2, 9)} | ANY)
STAGES = st.lists(st.tuples(SPATIAL_LAYER, BATCH_NORM), min_size=1, max_size=2)


@settings(max_examples=12)
@given(st.integers(1, 5), STAGES, DENSE, BATCH_NORM, st.integers(0, 1000))
def test_small_networks_of_every_kind(channels, stages, dense, last, seed):
    stack = [keras.Input((13, 13, channels))]
    for (kind, options), norm in stages:
        stack += [getattr(K, kind)(**options), K.BatchNormalization(**norm), K.ReLU()]
    stack += [K.Flatten(), K.Dense(**dense), K.BatchNormalization(**last)]
    model = shaken(keras.Sequential(stack), seed)
    folded = nets.fold(model)
    assert isinstance(folded, keras.Sequential) and not norms(folded)
    assert_same_function(model, folded)
    assert_same_weights(model, folded)


@pytest.fixture(scope="module", params=["digits", "resnet", "trained digits"])
def network(request):
    if request.param == "trained digits":
        return keras.models.load_model(asset("digits.keras"))
    made = models.digits_net() if request.param == "digits" else models.resnet(8)
    scores = keras.Model(made.inputs, made.layers[-2].output)  # the softmax would saturate
    return shaken(scores)


def test_whole_networks(network):
    folded = nets.fold(network)
    assert not norms(folded)
    names = ({layer.name for layer in each.layers} for each in (network, folded))
    assert set.difference(*names) == set(norms(network))
    assert_same_function(network, folded)
    assert_same_weights(network, folded)


def test_predictions_of_the_trained_network_stay():
    net, x = keras.models.load_model(asset("digits.keras")), digits("test")[0]
    (a,), (b,) = answers(net, x), answers(nets.fold(net), x)
    assert (a.argmax(axis=1) == b.argmax(axis=1)).all()
    np.testing.assert_allclose(b, a, rtol=0, atol=1e-5)


def test_arrays_and_models_fold_alike():
    """Up to the estimate that TensorFlow takes for an inverse square root."""
    net = keras.models.load_model(asset("digits.keras"))
    folded = nets.fold(net)
    for name in ("conv", "block1_pointwise"):
        gamma, beta, mean, variance = net.get_layer(f"{name}_norm").get_weights()
        (weight,) = net.get_layer(name).get_weights()
        w, b = fold_batch_norm(weight, None, gamma, beta, mean, variance, 1e-3, axis=3)
        np.testing.assert_array_max_ulp(folded.get_layer(name).get_weights()[0], w, maxulp=6)
        np.testing.assert_allclose(folded.get_layer(name).get_weights()[1], b, rtol=0, atol=1e-6)


def test_nothing_is_shared_and_the_model_given_stays():
    net = shaken(models.digits_net())
    before = [w.copy() for w in net.get_weights()]
    folded = nets.fold(net)
    folded.set_weights([np.zeros_like(w) for w in folded.get_weights()])
    for old, new in zip(before, net.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert len(net.layers) == 25


def test_folding_again_changes_nothing():
    once = nets.fold(shaken(models.digits_net()))
    for a, b in zip(once.get_weights(), nets.fold(once).get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def chain(*layers, shape=(8, 8, 3)):
    return keras.Sequential([keras.Input(shape), *layers])


def conv(**options):
    return K.Conv2D(4, 3, **options)


def norm(name=None, **options):
    return K.BatchNormalization(name=name, **options)


def two_consumers():
    x = keras.Input((8, 8, 3))
    y = conv()(x)
    return keras.Model(x, K.Add()([norm("stays")(y), y]))


def also_an_output():
    x = keras.Input((8, 8, 3))
    y = conv()(x)
    return keras.Model(x, [norm("stays")(y), y])


def shared_layer():
    x, layer = keras.Input((8, 8, 3)), conv()
    return keras.Model(x, K.Add()([norm("stays")(layer(x)), layer(K.ReLU()(x))]))


def shared_norm():
    x, shared = keras.Input((8, 8, 3)), norm("stays")
    return keras.Model(x, K.Add()([shared(conv()(x)), shared(conv()(x))]))


def training():
    x = keras.Input((8, 8, 3))
    return keras.Model(x, norm("stays")(conv()(x), training=True))


LEFT = {
    "at the input": lambda: chain(norm("stays"), conv()),
    "after an activation": lambda: chain(conv(activation="relu"), norm("stays")),
    "after a layer of activation": lambda: chain(conv(), K.ReLU(), norm("stays")),
    "after padding": lambda: chain(conv(), K.ZeroPadding2D(), norm("stays")),
    "after another kind": lambda: chain(K.Conv2DTranspose(4, 3), norm("stays")),
    "along another axis": lambda: chain(conv(), norm("stays", axis=1)),
    "two consumers": two_consumers,
    "also an output": also_an_output,
    "a shared layer": shared_layer,
    "a shared normalisation": shared_norm,
    "statistics of the batch": training,
}


CONVERTER_FOLDS = ("after another kind", "a shared layer", "a shared normalisation")


# A file is made for inference, where Keras takes the moving statistics whatever the call says.
CONVERTED = [name for name in LEFT if name != "statistics of the batch"]


@pytest.mark.parametrize("name", CONVERTED)
def test_the_converter_leaves_most_of_these_as_mul_and_add(name):
    graph = tflite.read(nets.convert(shaken(LEFT[name]()), "float32"))
    assert ("MUL" in {op.name for op in graph.operators}) == (name not in CONVERTER_FOLDS)


@pytest.mark.parametrize("make", LEFT.values(), ids=LEFT)
def test_what_cannot_be_folded_is_left(make):
    model = shaken(make())
    folded = nets.fold(model)
    assert norms(folded) == ["stays"]
    assert_same_function(model, folded)


def in_a_row():
    return chain(conv(), norm(), norm(center=False), norm(scale=False))


def grouped():
    return chain(conv(groups=2), norm(), shape=(8, 8, 4))


def dilated():
    return chain(conv(dilation_rate=2), norm())


def dense_on_images():
    return chain(K.Dense(5), norm())


def first_of_two_outputs():
    x = keras.Input((8, 8, 3))
    y = norm()(conv()(x))
    return keras.Model(x, {"normalised": y, "relu": K.ReLU()(y)})


def within_a_model():
    x = keras.Input((8, 8, 3))
    inner = chain(conv(use_bias=False), norm(), K.ReLU())
    return keras.Model(x, norm()(conv()(inner(x))))


def with_operations():
    x = keras.Input((8, 8, 3))
    return keras.Model(x, keras.ops.relu(norm()(conv()(2 * x)) + 1))


def in_a_lambda():
    return chain(conv(), norm(), K.Lambda(keras.ops.relu))


FOLDED = [in_a_row, grouped, dilated, dense_on_images, first_of_two_outputs, within_a_model]
FOLDED += [with_operations, in_a_lambda]


@pytest.mark.parametrize("make", FOLDED, ids=lambda make: make.__name__)
def test_what_can_be_folded_is_gone(make):
    model = shaken(make())
    folded = nets.fold(model)
    inner = [layer for layer in folded.layers if isinstance(layer, keras.Model)]
    assert not [name for each in (folded, *inner) for name in norms(each)]
    assert_same_function(model, folded)


def test_a_model_with_names_of_its_own_keeps_them():
    net = keras.Sequential([keras.Input((8, 8, 3), name="photo"), conv(name="first"), norm()])
    folded = nets.fold(net)
    assert folded.name == net.name
    assert [layer.name for layer in folded.layers] == ["first"]


def test_inputs_by_name_stay_so():
    x = {name: keras.Input((8, 8, 3), name=name) for name in ("left", "right")}
    net = keras.Model(x, K.Add()([norm()(conv()(x["left"])), conv()(x["right"])]))
    given = {name: inputs(net) for name in x}
    one, other = shaken(net)(given), nets.fold(net)(given)
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)


class Own(keras.Model):
    pass


def negative():
    net = chain(conv(), norm("broken"))
    net.layers[-1].moving_variance.assign([1, -1, 1, 1])
    return net


def infinite():
    net = chain(conv(), norm("broken"))
    net.layers[-1].gamma.assign([1, np.inf, 1, 1])
    return net


REFUSED = [
    (lambda: "model.keras", "expected a functional or Sequential Keras model, got str"),
    (Own, "expected a functional or Sequential Keras model, got Own"),
    (lambda: keras.Sequential([conv(), norm()]), "does not know its input yet"),
    (negative, "'broken' has a negative variance, -1"),
    (infinite, "'broken' cannot be folded: gamma holds NaN or infinity"),
]


@pytest.mark.parametrize(("make", "words"), REFUSED)
def test_what_is_no_model_to_fold_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        nets.fold(make())


def test_the_converter_makes_the_same_integers_of_both():
    net, (x, _) = keras.models.load_model(asset("digits.keras")), digits("train")
    files = [nets.convert(m, "int8", calibration=x[:50]) for m in (net, nets.fold(net))]
    a, b = map(tflite.read, files)
    assert [op.name for op in a.operators] == [op.name for op in b.operators]
    for one, other in zip(a.operators, b.operators, strict=True):
        for i, j in zip(one.inputs[1:], other.inputs[1:], strict=True):
            np.testing.assert_array_equal(a.tensors[i].data, b.tensors[j].data)
