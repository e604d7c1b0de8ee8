"""Small classifiers of digits, in five ways to build one, trained for some seconds."""

from qnn_edu.data import digits
from qnn_edu.nets.models import digits_net
from qnn_edu.nets.quiet import load_keras


def sequential_cnn():
    """Convolutions with biases, no normalisation, one pooling."""
    layers = load_keras().layers
    return load_keras().Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(12, 3, activation="relu", name="first"),
            layers.Conv2D(16, 3, activation="relu", name="second"),
            layers.MaxPooling2D(name="pool"),
            layers.Flatten(name="flatten"),
            layers.Dense(32, activation="relu", name="hidden"),
            layers.Dense(10, activation="softmax", name="scores"),
        ]
    )


def dense_net():
    """Nothing but dense layers."""
    layers = load_keras().layers
    return load_keras().Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Flatten(name="flatten"),
            layers.Dense(48, activation="relu", name="first"),
            layers.Dense(32, activation="relu", name="second"),
            layers.Dense(10, activation="softmax", name="scores"),
        ]
    )


def residual_net():
    """Two blocks with a way around each."""
    keras = load_keras()
    layers = keras.layers
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="stem")(image)
    for block in ("block1", "block2"):
        y = layers.Conv2D(16, 3, padding="same", use_bias=False, name=f"{block}_a")(x)
        y = layers.BatchNormalization(momentum=0.9, name=f"{block}_a_norm")(y)
        y = layers.ReLU(name=f"{block}_a_relu")(y)
        y = layers.Conv2D(16, 3, padding="same", use_bias=False, name=f"{block}_b")(y)
        y = layers.BatchNormalization(momentum=0.9, name=f"{block}_b_norm")(y)
        x = layers.ReLU(name=f"{block}_relu")(layers.Add(name=f"{block}_add")([x, y]))
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(image, layers.Dense(10, activation="softmax", name="scores")(x))


def norm_cnn():
    """Convolution, normalisation and ReLU, two of three bounded at 6; scores without a softmax."""
    keras = load_keras()
    layers = keras.layers
    image = keras.Input((8, 8, 1), name="image")
    x = image
    for number, (channels, stride, limit) in enumerate([(16, 1, 6), (24, 2, 6), (32, 2, None)], 1):
        x = layers.Conv2D(
            channels, 3, strides=stride, padding="same", use_bias=False, name=f"conv{number}"
        )(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"norm{number}")(x)
        x = layers.ReLU(limit, name=f"relu{number}")(x)
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(image, layers.Dense(10, name="scores")(x))


BUILDERS = {
    "digits_net": digits_net,
    "sequential_cnn": sequential_cnn,
    "dense_net": dense_net,
    "residual_net": residual_net,
    "norm_cnn": norm_cnn,
}


def trained(name, *, seed=0, epochs=6):
    """A network of `BUILDERS`, trained on the digits."""
    keras = load_keras()
    keras.utils.set_random_seed(seed)
    model = BUILDERS[name]()
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9  # few steps: its averages must get there
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=name == "norm_cnn")
    model.compile(keras.optimizers.Adam(0.005), loss, metrics=["accuracy"])
    model.fit(*digits("train"), batch_size=32, epochs=epochs, verbose=0)
    return model
