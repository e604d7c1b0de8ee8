"""Models of every kind are converted, and compute in the file what they compute in Keras."""

import warnings

import keras
import numpy as np
import pytest

from qnn_edu.nets import (
    calibrate,
    convert,
    load_model,
    measure_ranges,
    run_tflite,
    tensorflow_graph,
)
from qnn_edu.nets.conversion.source import source
from qnn_edu.nets.quiet import load_tensorflow
from qnn_edu.tflite import read
from qnn_edu.tflite.flatbuffer import parse

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (6, 8, 8, 3)).astype(np.float32)
A, B = (RNG.uniform(-1, 1, (6, n)).astype(np.float32) for n in (5, 3))
layers = keras.layers


class Net(keras.Model):
    """Code in place of a graph."""

    def __init__(self):
        super().__init__(name="net")
        self.conv, self.flatten = layers.Conv2D(4, 3, name="conv"), layers.Flatten(name="flat")
        self.head = layers.Dense(3, name="head")

    def call(self, images):
        return self.head(self.flatten(self.conv(images)))


class OfDict(keras.Model):
    """Code that takes and gives dicts."""

    def __init__(self):
        super().__init__(name="of_dict")
        self.head = layers.Dense(3, name="head")

    def call(self, inputs, training=False):
        return {"y": self.head(inputs["p"]) + inputs["a"], "b": 2 * inputs["a"]}


def stack():
    return [layers.Conv2D(4, 3, name="conv"), layers.Flatten(name="flat")]


def called(model, x=IMAGES):
    model(x)
    return model


def built(model):
    model.build((None, 8, 8, 3))
    return model


def nested():
    body = keras.Sequential([keras.Input((8, 8, 3)), *stack()], name="body")
    return keras.Sequential([keras.Input((8, 8, 3)), body, layers.Dense(3, name="head")])


def wrapped():
    image = keras.Input((8, 8, 3), name="image")
    return keras.Model(image, Net()(image))


def with_operations():
    image = keras.Input((8, 8, 3), name="image")
    y = keras.ops.mean(keras.ops.relu(2 * image - 1), axis=(1, 2))
    return keras.Model(image, keras.ops.concatenate([y, y / 2], axis=-1)[:, :4])


IMAGE_MODELS = {
    "Sequential": lambda: keras.Sequential([keras.Input((8, 8, 3)), *stack()]),
    "Sequential, built": lambda: built(keras.Sequential(stack())),
    "Sequential, called": lambda: called(keras.Sequential(stack())),
    "nested": nested,
    "code, called": lambda: called(Net()),
    "code, wrapped": wrapped,
    "operations": with_operations,
}


@pytest.mark.parametrize("name", IMAGE_MODELS)
def test_a_model_of_any_kind_is_converted(name):
    model = IMAGE_MODELS[name]()
    expected = np.asarray(model(IMAGES, training=False))
    found = run_tflite(convert(model, "float32"), IMAGES).outputs[0]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    graph = read(convert(model, "int8", calibration=IMAGES, io="float32"))
    assert not {"SHAPE", "PACK"} & {op.name for op in graph.operators}
    assert tensorflow_graph(model).operators
    calibrated = calibrate(model, IMAGES)
    assert measure_ranges(calibrated, IMAGES, lambda x: (x.min(), x.max()))


@pytest.mark.parametrize("name", ["Sequential", "nested", "code, called", "code, wrapped"])
def test_layers_keep_their_names(name):
    model = IMAGE_MODELS[name]()
    graph = read(convert(model, "float32"))
    assert graph.layer_name(graph.operators[0].outputs[0]) == "conv"
    assert any("conv/" in tensor.name for tensor in tensorflow_graph(model).tensors)


def two_inputs():
    z, a = keras.Input((5,), name="z"), keras.Input((3,), name="a")
    return z, a, layers.Dense(3)(z) + a


def list_model():
    z, a, y = two_inputs()
    return keras.Model([z, a], [y, 2 * a])


def dict_model():
    z, a, y = two_inputs()
    return keras.Model({"z": z, "a": a}, {"y": y, "b": 2 * a})


def nested_model():
    z, a, y = two_inputs()
    return keras.Model({"both": [z, a]}, [y, [2 * a]])


SEVERAL = {
    "list": (list_model, {"z": A, "a": B}, [A, B]),
    "dict": (dict_model, {"z": A, "a": B}, {"z": A, "a": B}),
    "nested": (nested_model, {"z": A, "a": B}, {"both": [A, B]}),
    "code": (lambda: called(OfDict(), {"p": A, "a": B}), {"p": A, "a": B}, {"p": A, "a": B}),
}


def by_signature(content, data):
    """The outputs of a float file by name, its inputs given by name."""
    graph, (signature,) = read(content), parse(content).signature_defs
    names = {each.tensor_index: each.name.decode() for each in signature.inputs}
    outputs = run_tflite(content, [data[names[i]] for i in graph.inputs]).outputs
    named = {each.tensor_index: each.name.decode() for each in signature.outputs}
    return {named[i]: value for i, value in zip(graph.outputs, outputs, strict=True)}


@pytest.mark.filterwarnings("ignore:When providing `inputs` as a dict")
@pytest.mark.parametrize("batch", [1, None])
@pytest.mark.parametrize("kind", SEVERAL)
def test_several_inputs_and_outputs_keep_their_names(kind, batch):
    build, data, structure = SEVERAL[kind]
    model = build()
    expected = model(structure, training=False)
    flat = keras.tree.flatten(expected)
    names = sorted(expected) if isinstance(expected, dict) else ["output_0", "output_1"]
    found = by_signature(convert(model, "float32", batch=batch), data)
    assert sorted(found) == names
    for name, value in zip(names, flat, strict=True):
        np.testing.assert_allclose(found[name], np.asarray(value), atol=1e-5)
    for method in (None, lambda x: (x.min(), x.max())):
        content = convert(model, "int8", calibration=data, ranges=method, batch=batch)
        graph, (signature,) = read(content), parse(content).signature_defs
        tops = {
            s.name.decode(): float(graph.tensors[s.tensor_index].params.hi)
            for s in signature.inputs
        }
        assert {name: round(top, 1) for name, top in tops.items()} == {
            name: round(float(max(x.max(), 0)), 1) for name, x in data.items()
        }


def test_more_than_ten_outputs_keep_their_order():
    z = keras.Input((5,), name="z")
    model = keras.Model(z, [layers.Dense(n + 1)(z) for n in range(12)])
    found = by_signature(convert(model, "float32"), {"z": A})
    assert [found[name].shape[1] for name in sorted(found)] == list(range(1, 13))


def test_inputs_may_have_names_that_tensorflow_does_not_allow():
    z, a = keras.Input((5,), name="my z"), keras.Input((3,), name="größe")
    model = keras.Model([z, a], layers.Dense(3)(z) + a)
    content = convert(model, "int8", calibration={"my z": A, "größe": B})
    assert sorted(s.name.decode() for s in parse(content).signature_defs[0].inputs) == [
        "gr__e",
        "my_z",
    ]


@pytest.mark.parametrize("recipe", ["float32", "float16", "dynamic", "int8", "int16x8"])
@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            lambda: keras.Sequential(stack()),
            "'.*' has not been told its inputs.*Wrap it: .*call it",
        ),
        (Net, r"'net' has not been told its inputs.*keras.Model\(images, model\(images\)\)"),
        (lambda: keras.Sequential([]), "has not been told its inputs"),
    ],
)
def test_inputs_that_nobody_knows_are_asked_for(recipe, model, message):
    data = IMAGES if "int" in recipe else None
    with pytest.raises(ValueError, match=message):
        convert(model(), recipe, calibration=data)


class OfTwo(keras.Model):
    def call(self, one, other):
        return one + other


def test_code_of_several_arguments_is_to_be_wrapped():
    model = OfTwo(name="two")
    model(B, B)
    with pytest.raises(ValueError, match=r"several arguments.*\[one, other\], model\(one, other\)"):
        convert(model, "float32")
    one, other = keras.Input((3,)), keras.Input((3,))
    assert convert(keras.Model([one, other], model(one, other)), "float32")[4:8] == b"TFL3"


class OfNumpy(keras.Model):
    def call(self, x):
        return x if x.shape[0] is None else np.tanh(np.asarray(x))


def test_code_that_is_no_graph_is_refused_with_its_reason():
    x = keras.Input((3,))
    model = keras.Model(x, OfNumpy()(x), name="numpy_inside")
    with pytest.raises(ValueError, match="'numpy_inside' cannot be called .*NumPy call"):
        convert(model, "float32")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda x: layers.Dense(3, name="a layer")(x), "'a layer' cannot stand"),
        (lambda x: layers.Dense(3, dtype="mixed_float16", name="half")(x), "'half' computes in fl"),
        (lambda x: keras.ops.erf(x), "no such operator.*Erf"),
        (
            lambda x: layers.MaxPooling3D(name="pool")(keras.ops.reshape(x, (-1, 5, 1, 1, 1))),
            "pool",
        ),
    ],
)
def test_what_no_file_can_hold_is_named_with_its_layer(build, message):
    x = keras.Input((5,))
    with pytest.raises(ValueError, match=message):
        convert(keras.Model(x, build(x)), "float32")


def test_what_is_not_finite_is_named():
    x = keras.Input((5,))
    model = keras.Model(x, layers.Dense(3, name="diverged")(x))
    for value in (np.nan, np.inf):
        model.set_weights([np.full((5, 3), value), np.zeros(3)])
        with pytest.raises(ValueError, match="'diverged' holds NaN or infinity"):
            convert(model, "int8", calibration=A)


def test_a_sum_of_squares_has_no_16_bits():
    x = keras.Input((5, 4))
    model = keras.Model(x, keras.ops.var(x, axis=-1))
    data = RNG.uniform(-1, 1, (6, 5, 4)).astype(np.float32)
    with pytest.raises(ValueError, match="LiteRT cannot run what recipe 'int16x8' makes"):
        convert(model, "int16x8", calibration=data)


def test_functions_of_other_things_than_dense_tensors_are_refused():
    tf = load_tensorflow()
    for spec, message in {
        tf.RaggedTensorSpec((None, None), tf.float32): "takes a RaggedTensor",
        tf.TensorSpec(None, name="x"): "'x' may have any number of dimensions",
        tf.TensorSpec((None, 1), tf.string, name="x"): "'x' holds string",
    }.items():
        function = tf.function(lambda x: tf.identity(x), input_signature=[spec])
        with pytest.raises(ValueError, match=message):
            source(function)
    with pytest.raises(ValueError, match="takes no input"):
        source(tf.function(lambda: tf.ones(3), input_signature=[]))


def test_a_file_of_keras_2_is_read(tmp_path):
    """As Keras 2 wrote it: `batch_input_shape` and a policy by name."""
    h5py = pytest.importorskip("h5py")
    model = keras.Sequential([keras.Input((5,)), layers.Dense(3, name="head")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras to numpy
        model.save(tmp_path / "old.h5")
    config = (
        '{"class_name": "Sequential", "config": {"name": "old", "layers": [{"class_name": '
        '"InputLayer", "config": {"batch_input_shape": [null, 5], "dtype": "float32", "sparse": '
        'false, "ragged": false, "name": "x"}}, {"class_name": "Dense", "config": {"name": "head", '
        '"trainable": true, "dtype": "float32", "units": 3, "activation": "linear", "use_bias": '
        "true}}]}}"
    )
    with h5py.File(tmp_path / "old.h5", "r+") as file:
        file.attrs["model_config"], file.attrs["keras_version"] = config, "2.15.0"
    found = run_tflite(convert(load_model(tmp_path / "old.h5"), "float32"), A).outputs[0]
    np.testing.assert_allclose(found, np.asarray(model(A)), atol=1e-6)


@pytest.mark.parametrize(
    ("operator", "recipe", "build", "shape"),
    [
        ("TILE", "int8", lambda x: layers.UpSampling2D()(x), (4, 4, 2)),
        ("TILE", "int8", lambda x: layers.RepeatVector(3)(x), (4,)),
        ("ELU", "float32", lambda x: layers.Activation("elu")(x), (4,)),
        ("ROUND", "float32", lambda x: keras.ops.round(3 * x), (4,)),
    ],
)
def test_operators_that_the_reference_kernels_lack(operator, recipe, build, shape):
    x = keras.Input(shape)
    data = RNG.uniform(-1, 1, (6, *shape)).astype(np.float32)
    options = {"calibration": data} if recipe == "int8" else {}
    content = convert(keras.Model(x, build(x)), recipe, **options)
    graph = read(content)
    image = np.zeros((1, *shape), graph.tensors[graph.inputs[0]].dtype)
    for kernels in ("optimized", "xnnpack"):
        run_tflite(content, image, kernels=kernels)
    with pytest.raises(ValueError, match=f"reference kernels.*{operator}"):
        run_tflite(content, image, kernels="reference")
