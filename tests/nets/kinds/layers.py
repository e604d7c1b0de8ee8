"""Kinds of layers, each in the smallest network that has it: NAME -> (input's shape, layers)."""

from qnn_edu.nets.quiet import load_keras

keras = load_keras()
L = keras.layers
IMAGE, SEQUENCE, VOLUME = (8, 8, 3), (6, 4), (4, 4, 4, 2)


@keras.saving.register_keras_serializable("tests")
class Doubled(L.Layer):
    """A layer of somebody's own, which no rule knows."""

    def call(self, x):
        return 2 * x


def conv(**options):
    return L.Conv2D(4, 3, **options)


LAYERS = {
    # With weights.
    "Conv2D": (IMAGE, lambda: [conv(activation="relu")]),
    "Conv2D strided, valid": (IMAGE, lambda: [conv(strides=2, padding="valid")]),
    "Conv2D grouped": ((8, 8, 4), lambda: [conv(groups=2)]),
    "Conv2D dilated": (IMAGE, lambda: [conv(dilation_rate=2, activation="relu")]),
    "Conv2D without bias": (IMAGE, lambda: [conv(use_bias=False)]),
    "Conv2D softmax": (IMAGE, lambda: [conv(activation="softmax")]),
    "Conv2D channels_first": (IMAGE, lambda: [conv(data_format="channels_first")]),
    "DepthwiseConv2D": (IMAGE, lambda: [L.DepthwiseConv2D(3, depth_multiplier=2)]),
    "SeparableConv2D": (IMAGE, lambda: [L.SeparableConv2D(4, 3)]),
    "Conv2DTranspose": (IMAGE, lambda: [L.Conv2DTranspose(4, 3, strides=2, activation="relu")]),
    "Conv1D": (SEQUENCE, lambda: [L.Conv1D(4, 3, activation="relu")]),
    "Conv1D causal": (SEQUENCE, lambda: [L.Conv1D(4, 3, padding="causal", dilation_rate=2)]),
    "DepthwiseConv1D": (SEQUENCE, lambda: [L.DepthwiseConv1D(3)]),
    "SeparableConv1D": (SEQUENCE, lambda: [L.SeparableConv1D(4, 3)]),
    "Conv1DTranspose": (SEQUENCE, lambda: [L.Conv1DTranspose(4, 3)]),
    "Conv3D": (VOLUME, lambda: [L.Conv3D(4, 3)]),
    "Dense on vectors": ((5,), lambda: [L.Dense(4, activation="relu")]),
    "Dense on sequences": (SEQUENCE, lambda: [L.Dense(4, activation="relu")]),
    "Dense on images": (IMAGE, lambda: [L.Dense(4)]),
    "EinsumDense": (SEQUENCE, lambda: [L.EinsumDense("abc,ce->abe", (None, 5))]),
    "Embedding": ((6,), lambda: [L.Embedding(10, 4), L.Flatten(), L.Dense(3)]),
    # Normalisations.
    "BatchNormalization folded": (IMAGE, lambda: [conv(), L.BatchNormalization(), L.ReLU()]),
    "BatchNormalization first": (IMAGE, lambda: [L.BatchNormalization(), conv()]),
    "BatchNormalization behind ReLU": (IMAGE, lambda: [conv(), L.ReLU(), L.BatchNormalization()]),
    "BatchNormalization behind a pool": (
        IMAGE,
        lambda: [conv(), L.MaxPooling2D(), L.BatchNormalization()],
    ),
    "BatchNormalization on vectors": ((5,), lambda: [L.BatchNormalization(), L.Dense(3)]),
    "LayerNormalization": (SEQUENCE, lambda: [L.Dense(4), L.LayerNormalization()]),
    "GroupNormalization": (IMAGE, lambda: [conv(), L.GroupNormalization(2)]),
    "RMSNormalization": (SEQUENCE, lambda: [L.Dense(4), L.RMSNormalization()]),
    "UnitNormalization": (SEQUENCE, lambda: [L.Dense(4), L.UnitNormalization()]),
    "SpectralNormalization": (IMAGE, lambda: [L.SpectralNormalization(conv())]),
    # Activations.
    "ReLU with a ceiling of 4": (IMAGE, lambda: [conv(), L.ReLU(max_value=4)]),
    "ReLU6": (IMAGE, lambda: [conv(), L.ReLU(max_value=6)]),
    "ReLU with a threshold": (IMAGE, lambda: [conv(), L.ReLU(threshold=0.5)]),
    "ReLU first": (IMAGE, lambda: [L.ReLU(), conv()]),
    "LeakyReLU": (IMAGE, lambda: [conv(), L.LeakyReLU(0.1)]),
    "PReLU": (IMAGE, lambda: [conv(), L.PReLU(shared_axes=[1, 2])]),
    "ELU": (IMAGE, lambda: [conv(), L.ELU()]),
    "Softmax": ((5,), lambda: [L.Dense(4), L.Softmax()]),
    "Softmax along height": (IMAGE, lambda: [conv(), L.Softmax(axis=1)]),
    **{
        f"activation {name}": (IMAGE, lambda name=name: [conv(), L.Activation(name), conv()])
        for name in (
            *("sigmoid", "tanh", "swish", "gelu", "hard_swish", "hard_sigmoid", "elu", "selu"),
            *("softplus", "softsign", "mish", "exponential", "log_softmax"),
        )
    },
    # Pooling and sampling.
    "MaxPooling2D": (IMAGE, lambda: [conv(), L.MaxPooling2D()]),
    "AveragePooling2D": (
        IMAGE,
        lambda: [conv(padding="same"), L.AveragePooling2D(2, padding="same")],
    ),
    "GlobalAveragePooling2D": (IMAGE, lambda: [conv(), L.GlobalAveragePooling2D(), L.Dense(3)]),
    "GlobalMaxPooling2D": (IMAGE, lambda: [conv(), L.GlobalMaxPooling2D(), L.Dense(3)]),
    "global pooling keepdims": (IMAGE, lambda: [conv(), L.GlobalAveragePooling2D(keepdims=True)]),
    "GlobalAveragePooling1D": (SEQUENCE, lambda: [L.Conv1D(4, 3), L.GlobalAveragePooling1D()]),
    "pooling 1D": (SEQUENCE, lambda: [L.Conv1D(4, 3), L.MaxPooling1D(), L.AveragePooling1D(2)]),
    "pooling 3D": (VOLUME, lambda: [L.MaxPooling3D(), L.AveragePooling3D(2)]),
    "UpSampling2D": (IMAGE, lambda: [conv(), L.UpSampling2D(), conv()]),
    "UpSampling2D bilinear": (IMAGE, lambda: [conv(), L.UpSampling2D(interpolation="bilinear")]),
    "UpSampling1D": (SEQUENCE, lambda: [L.Conv1D(4, 3), L.UpSampling1D()]),
    "Resizing": (IMAGE, lambda: [L.Resizing(6, 6), conv()]),
    # Moving values.
    "ZeroPadding2D": (IMAGE, lambda: [L.ZeroPadding2D(1), conv()]),
    "Cropping2D": (IMAGE, lambda: [conv(), L.Cropping2D(1)]),
    "Permute": (IMAGE, lambda: [conv(), L.Permute((2, 1, 3))]),
    "Flatten": (IMAGE, lambda: [conv(), L.Flatten(), L.Dense(3)]),
    "Reshape": (IMAGE, lambda: [conv(), L.Reshape((36, 4)), L.Dense(3)]),
    "RepeatVector": ((5,), lambda: [L.Dense(4), L.RepeatVector(3), L.Dense(3)]),
    # Preprocessing, and what only training knows.
    "Rescaling": (IMAGE, lambda: [L.Rescaling(1 / 127.5, offset=-1), conv()]),
    "Normalization": (IMAGE, lambda: [L.Normalization(mean=[1, 2, 3], variance=[1, 4, 9]), conv()]),
    "augmentation": (
        IMAGE,
        lambda: [L.RandomFlip(), L.RandomRotation(0.1), L.RandomZoom(0.1), conv()],
    ),
    "noise and dropout": (
        IMAGE,
        lambda: [L.GaussianNoise(0.1), conv(), L.SpatialDropout2D(0.1), L.Dropout(0.1)],
    ),
    "ActivityRegularization": (IMAGE, lambda: [conv(), L.ActivityRegularization(0.01)]),
    "CenterCrop": (IMAGE, lambda: [L.CenterCrop(6, 6), conv()]),
    "Masking": (SEQUENCE, lambda: [L.Masking(), L.Dense(3)]),
    # With a state.
    "LSTM": (SEQUENCE, lambda: [L.LSTM(3), L.Dense(2)]),
    "LSTM unrolled": (SEQUENCE, lambda: [L.LSTM(3, unroll=True), L.Dense(2)]),
    "GRU": (SEQUENCE, lambda: [L.GRU(3), L.Dense(2)]),
    "GRU unrolled": (SEQUENCE, lambda: [L.GRU(3, unroll=True, return_sequences=True)]),
    "SimpleRNN unrolled": (SEQUENCE, lambda: [L.SimpleRNN(3, unroll=True), L.Dense(2)]),
    "Bidirectional": (SEQUENCE, lambda: [L.Bidirectional(L.LSTM(3)), L.Dense(2)]),
    "TimeDistributed": ((3, 8, 8, 1), lambda: [L.TimeDistributed(L.Conv2D(2, 3))]),
    "ConvLSTM2D": ((3, 8, 8, 1), lambda: [L.ConvLSTM2D(2, 3)]),
    # Of somebody's own.
    "Lambda": (IMAGE, lambda: [conv(), L.Lambda(lambda x: 2 * x)]),
    "custom layer": (IMAGE, lambda: [conv(), Doubled()]),
}
INTEGERS = {"Embedding"}  # whose input holds class numbers
