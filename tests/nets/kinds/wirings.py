"""Kinds of models by how they are wired, named, typed or saved: NAME -> its builder."""

import tempfile
from pathlib import Path

import numpy as np

from qnn_edu import nets
from qnn_edu.nets.quiet import load_tensorflow
from tests.nets.kinds.layers import IMAGE, SEQUENCE, conv, keras

L = keras.layers
WIRINGS = {}


def kind(name):
    """Enter a builder in the table under the name."""

    def enter(build):
        WIRINGS[name] = build
        return build

    return enter


def image(shape=IMAGE, **options):
    return keras.Input(shape, **options)


def plain(**options):
    """A functional network that `quantize_aware` always took."""
    x = image()
    y = conv(padding="same", activation="relu")(x)
    y = L.Add()([y, conv(padding="same")(y)])
    y = L.GlobalAveragePooling2D()(L.ReLU()(y))
    return keras.Model(x, L.Dense(3, activation="softmax")(y), **options)


WIRINGS["functional"] = plain


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.last = conv(activation="relu"), L.Dense(3)

    def call(self, x, training=None):
        return self.last(self.first(x))


class SubclassedOfTwo(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = L.Dense(3)

    def call(self, inputs):
        return {"sum": self.dense(inputs["a"] + inputs["b"])}


@kind("subclassed, never called")
def _subclassed():
    return Subclassed()


@kind("subclassed, called once")
def _subclassed_called():
    model = Subclassed()
    model(np.zeros((1, *IMAGE), np.float32))
    return model


@kind("subclassed, of a dict, called once")
def _subclassed_dict():
    model = SubclassedOfTwo()
    model({"a": np.zeros((1, 4), np.float32), "b": np.zeros((1, 4), np.float32)})
    return model


def layers():
    return [conv(activation="relu"), L.Flatten(), L.Dense(3)]


@kind("Sequential with Input")
def _sequential():
    return keras.Sequential([image(), *layers()])


@kind("Sequential without Input")
def _sequential_fresh():
    return keras.Sequential(layers())


@kind("Sequential, built")
def _sequential_built():
    model = keras.Sequential(layers())
    model.build((None, *IMAGE))
    return model


@kind("Sequential, called on data")
def _sequential_called():
    model = keras.Sequential(layers())
    model(np.zeros((2, *IMAGE), np.float32))
    return model


@kind("Sequential in Sequential")
def _sequential_twice():
    return keras.Sequential([image(), keras.Sequential([conv(), L.ReLU()]), conv()])


@kind("Sequential, empty")
def _sequential_empty():
    return keras.Sequential([image()])


@kind("Sequential with nothing at all")
def _sequential_nothing():
    return keras.Sequential()


@kind("nested, as in transfer learning")
def _nested():
    x, inner = image(), image()
    y = L.ReLU()(L.BatchNormalization()(conv()(inner)))
    backbone = keras.Model(inner, y, name="backbone")
    y = L.GlobalAveragePooling2D()(backbone(L.Rescaling(1 / 255)(x)))
    return keras.Model(x, L.Dense(3)(y))


@kind("nested with two inputs and outputs")
def _nested_two():
    a, b, c, d = (image((4,)) for _ in range(4))
    inner = keras.Model([a, b], [L.Dense(3)(a), L.Dense(3)(b)])
    return keras.Model([c, d], L.Add()(inner([c, d])))


@kind("shared layer")
def _shared():
    x, dense = image((4,)), L.Dense(4, activation="relu")
    return keras.Model(x, dense(dense(x)))


@kind("shared by two inputs")
def _siamese():
    a, b, tower = image(), image(), conv(activation="relu")
    return keras.Model([a, b], L.Subtract()([tower(a), tower(b)]))


@kind("shared batch normalisation")
def _shared_norm():
    x, norm = image(), L.BatchNormalization()
    return keras.Model(x, norm(conv(filters=3)(norm(x))) if False else norm(norm(x)))


@kind("shared ReLU")
def _shared_relu():
    x, relu = image(), L.ReLU()
    return keras.Model(x, relu(conv()(relu(conv()(x)))))


@kind("two inputs")
def _two_inputs():
    a, b = image(name="left"), image(name="right")
    y = L.Add()([conv(activation="relu")(a), conv(activation="relu")(b)])
    return keras.Model([a, b], L.Dense(3)(L.Flatten()(y)))


@kind("two inputs in a dict")
def _dict_inputs():
    a, b = image((4,), name="b_first"), image((5,), name="a_second")
    y = L.Concatenate()([L.Dense(3)(a), L.Dense(3)(b)])
    return keras.Model({"b_first": a, "a_second": b}, L.Dense(2)(y))


@kind("three inputs, one of which nobody reads")
def _unused_input():
    a, b, c = image((4,)), image((4,)), image((4,))
    return keras.Model([a, b, c], L.Dense(3)(L.Concatenate()([a, c])))


@kind("two outputs")
def _two_outputs():
    x = image()
    y = conv(activation="relu")(x)
    return keras.Model(x, [L.GlobalAveragePooling2D()(y), L.Dense(3)(L.Flatten()(y))])


@kind("outputs in a dict")
def _dict_outputs():
    x = image((4,))
    y = L.Dense(4, activation="relu")(x)
    return keras.Model(x, {"scores": L.Dense(2)(y), "boxes": L.Dense(3)(y)})


@kind("the same output twice")
def _same_output():
    x = image((4,))
    y = L.Dense(3)(x)
    return keras.Model(x, [y, y])


@kind("an output that is not last")
def _inner_output():
    x = image()
    y = conv(activation="relu")(x)
    return keras.Model(x, [y, conv()(y)])


@kind("a model that returns its input")
def _identity():
    x = image((4,))
    return keras.Model(x, x)


@kind("a model that returns its input too")
def _input_too():
    x = image((4,))
    return keras.Model(x, [x, L.Dense(3)(x)])


@kind("a constant output")
def _constant():
    x = image((4,))
    return keras.Model(x, keras.ops.zeros_like(L.Dense(3)(x)))


@kind("nothing with weights")
def _weightless():
    x = image()
    return keras.Model(x, L.MaxPooling2D()(L.ReLU()(x)))


@kind("one layer only")
def _one_layer():
    x = image((4,))
    return keras.Model(x, L.Dense(3)(x))


def merged(layer, count=2, axis=None):
    def build():
        x = image()
        branches = [conv(padding="same", activation="relu")(x) for _ in range(count)]
        return keras.Model(x, layer()(branches))

    return build


WIRINGS |= {
    "Add of three": merged(L.Add, 3),
    "Average": merged(L.Average, 3),
    "Subtract": merged(L.Subtract),
    "Multiply": merged(L.Multiply),
    "Maximum": merged(L.Maximum, 3),
    "Minimum": merged(L.Minimum),
    "Concatenate": merged(L.Concatenate, 3),
    "Concatenate along height": merged(lambda: L.Concatenate(axis=1)),
    "Dot": merged(lambda: L.Dot(axes=3)),
}


@kind("squeeze and excite")
def _squeeze():
    x = image()
    y = conv(activation="relu")(x)
    gate = L.Reshape((1, 1, 4))(L.GlobalAveragePooling2D()(y))
    gate = L.Conv2D(4, 1, activation="sigmoid")(L.Conv2D(2, 1, activation="relu")(gate))
    return keras.Model(x, L.Multiply()([y, gate]))


@kind("MultiHeadAttention")
def _attention():
    x = image(SEQUENCE)
    return keras.Model(x, L.MultiHeadAttention(2, 4)(x, x))


@kind("Attention")
def _dot_attention():
    x = image(SEQUENCE)
    y = L.Dense(4)(x)
    return keras.Model(x, L.Attention()([y, y]))


@kind("operations of Keras")
def _operations():
    x = image()
    y = conv()(x)
    y = keras.ops.relu(y * 2 + 1) - keras.ops.mean(y, axis=(1, 2), keepdims=True)
    return keras.Model(x, keras.ops.reshape(keras.ops.transpose(y, (0, 2, 1, 3)), (-1, 144)))


@kind("operations of Keras: matmul and softmax")
def _matmul():
    x = image(SEQUENCE)
    scores = keras.ops.matmul(x, keras.ops.transpose(x, (0, 2, 1)))
    return keras.Model(x, keras.ops.matmul(keras.ops.softmax(scores), x))


@kind("operations of Keras: slices and a pad")
def _slices():
    x = image()
    y = keras.ops.pad(conv()(x), ((0, 0), (1, 1), (1, 1), (0, 0)))
    return keras.Model(x, keras.ops.concatenate([y[:, ::2], y[:, 1::2]], axis=-1))


@kind("operations of Keras: a condition")
def _condition():
    x = image((4,))
    y = L.Dense(4)(x)
    return keras.Model(x, keras.ops.where(y > 0, y, 0.1 * y))


@kind("an output of class numbers")
def _argmax():
    x = image((4,))
    return keras.Model(x, keras.ops.argmax(L.Dense(3)(x), axis=-1))


@kind("open sizes")
def _open():
    x = image((None, None, 3))
    y = conv(activation="relu", padding="same")(x)
    return keras.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(y)))


@kind("open sizes in and out")
def _open_out():
    x = image((None, None, 3))
    return keras.Model(x, conv(activation="relu", padding="same")(x))


@kind("open length of a sequence")
def _open_sequence():
    x = image((None, 4))
    return keras.Model(x, L.Dense(3)(x))


@kind("fixed batch of 1")
def _batch_one():
    x = keras.Input(batch_shape=(1, *IMAGE))
    return keras.Model(x, conv(activation="relu")(x))


@kind("fixed batch of 4")
def _batch_four():
    x = keras.Input(batch_shape=(4, *IMAGE))
    return keras.Model(x, L.Dense(3)(L.Flatten()(conv()(x))))


@kind("a number an example")
def _scalar():
    x = image(())
    return keras.Model(x, L.Dense(3)(L.Reshape((1,))(x)))


@kind("names with spaces and slashes")
def _names():
    x = image(name="the image")
    y = L.Conv2D(4, 3, name="first layer")(x)
    y = L.ReLU(name="block 1: relu")(y)
    return keras.Model(x, L.Conv2D(4, 3, name="last-layer.äöü")(y), name="my model (v1)")


@kind("names of layers that look like ours")
def _our_names():
    x = image(name="x")
    y = L.Conv2D(4, 3, name="x_quant")(x)
    return keras.Model(x, L.ReLU(name="x_quant_quant")(y))


@kind("mixed_float16")
def _mixed():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return plain()
    finally:
        keras.config.set_dtype_policy(before)


@kind("float16")
def _half():
    x = image(dtype="float16")
    return keras.Model(x, conv(dtype="float16")(x))


@kind("float64")
def _double():
    x = image(dtype="float64")
    return keras.Model(x, conv(dtype="float64")(x))


@kind("images of bytes")
def _bytes():
    x = image(dtype="uint8")
    return keras.Model(x, conv()(L.Rescaling(1 / 255)(x)))


@kind("class numbers beside an image")
def _numbers_beside():
    a, b = image((4,), name="numbers"), image((1,), dtype="int32", name="category")
    y = L.Concatenate()([L.Dense(3)(a), L.Flatten()(L.Embedding(10, 3)(b))])
    return keras.Model([a, b], L.Dense(2)(y))


@kind("frozen layers")
def _frozen():
    model = plain()
    for layer in model.layers[:3]:
        layer.trainable = False
    return model


@kind("compiled and trained")
def _trained():
    model = plain()
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, *IMAGE), np.float32), np.ones((2, 3), np.float32))
    return model


@kind("weights of zero")
def _zeros():
    model = plain()
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    return model


@kind("weights that are not finite")
def _nan():
    model = plain()
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    return model


@kind("quantized by Keras")
def _keras_int8():
    x = image((4,))
    model = keras.Model(x, L.Dense(3)(L.Dense(4, activation="relu")(x)))
    model.quantize("int8")
    return model


@kind("prepared already")
def _prepared():
    return nets.quantize_aware(plain())


def saved(how, model=plain, **options):
    """A model saved by `how(model, path)` under an ending, and loaded by `load_model`."""

    def build():
        with tempfile.TemporaryDirectory() as folder:
            path = how(model(), Path(folder))
            return nets.load_model(path, **options)

    return build


def _keras_file(model, folder):
    model.save(folder / "model.keras")
    return folder / "model.keras"


def _h5_file(model, folder):
    model.save(folder / "model.h5")
    return folder / "model.h5"


def _exported(model, folder):
    model.export(folder / "saved", verbose=False)
    return folder / "saved"


def _two_signatures(model, folder):
    tf = load_tensorflow()
    spec = tf.TensorSpec((None, *IMAGE), tf.float32, name="image")
    module = tf.Module()
    module.model = model
    module.infer = tf.function(lambda image: model(image, training=False), input_signature=[spec])
    twice = tf.function(lambda image: 2 * model(image, training=False), input_signature=[spec])
    names = {"serving_default": module.infer, "twice": twice}
    tf.saved_model.save(module, folder / "saved", signatures=names)
    return folder / "saved"


def _concrete():
    tf, model = load_tensorflow(), plain()
    spec = tf.TensorSpec((1, *IMAGE), tf.float32, name="image")
    function = tf.function(lambda image: model(image, training=False), input_signature=[spec])
    function.model = model
    return function


WIRINGS |= {
    "loaded from .keras": saved(_keras_file),
    "loaded from .h5": saved(_h5_file),
    "Sequential loaded from .keras": saved(_keras_file, _sequential),
    "Sequential without Input, loaded": saved(_keras_file, _sequential_called),
    "Sequential loaded from .h5": saved(_h5_file, _sequential),
    "SavedModel of a functional model": saved(_exported),
    "SavedModel of a subclassed model": saved(_exported, _subclassed_called),
    "SavedModel of two inputs": saved(_exported, _two_inputs),
    "SavedModel of two signatures": saved(_two_signatures),
    "SavedModel, signature by name": saved(_two_signatures, signature="twice"),
    "prepared, loaded from .keras": saved(_keras_file, _prepared),
    "a function of TensorFlow": _concrete,
}
