# %% [markdown]
# # 10 Your own network
#
# A Keras file arrives that nobody here has seen. At the end of the day somebody asks whether its integer
# file may go into the product. This lesson is that day: look, compare, find, mend, decide. You climb
# one ladder three times: by hand on a network of a new kind, then on one that is broken and will not
# say where, and at last on yours.
#
# **90 minutes.** You need lessons 02 to 04; the rest helps. TensorFlow is loaded, and a network trained.

# %% [markdown]
# ## What you will learn
#
# - how much of a loss is chance, and when a loss is one,
# - five rungs of the ladder, each with a number that says stop,
# - why the SQNR of a layer can rise while its network falls, and what to look at instead,
# - how to choose the layers that stay in float without trying them all,
# - what four tools that promise 8 bits leave in float, and the line that shows it.

# %%
import warnings

import numpy as np

import qnn_edu
from qnn_edu import data, draw, nets, tflite
from qnn_edu.lessons import lesson_10 as check
from qnn_edu.lessons import mine
from qnn_edu.nets import quiet
from qnn_edu.ui import explorers, quiz

keras = quiet.load_keras()
layers = keras.layers
x_train, y_train = data.digits("train")
x_test, y_test = data.digits("test")

# %% [markdown]
# ## A stranger
#
# Nothing in nine lessons looked like this. It is built in the manner of MobileNetV3, small. Two things
# are new. **Hard-swish**, `x * relu6(x + 3) / 6`, dips below zero before it rises. **Squeeze and
# excite** looks at the mean of every channel, and makes of those a gate between 0 and 1 for each: a product
# of two things that are *both* computed.


# %%
def normalised(layer, x, name):
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(layer(x))
    return layers.Activation("hard_swish", name=name)(x)


def squeeze_excite(x, name):
    channels = x.shape[-1]
    gate = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_mean")(x)
    gate = layers.Conv2D(channels // 4, 1, activation="relu", name=f"{name}_squeeze")(gate)
    gate = layers.Conv2D(channels, 1, activation="hard_sigmoid", name=f"{name}_excite")(gate)
    return layers.Multiply(name=f"{name}_gated")([x, gate])


# %% [markdown]
# A block widens, looks around, gates, and narrows again. Where sizes fit, its input is added to what
# comes out.


# %%
def block(x, wide, stride, name):
    expand = layers.Conv2D(wide, 1, use_bias=False, name=f"{name}_expand_conv")
    around = {"padding": "same", "use_bias": False, "name": f"{name}_depthwise_conv"}
    y = normalised(expand, x, f"{name}_expand")
    y = normalised(layers.DepthwiseConv2D(3, stride, **around), y, f"{name}_depthwise")
    y = squeeze_excite(y, f"{name}_se")
    y = layers.Conv2D(x.shape[-1], 1, use_bias=False, name=f"{name}_project")(y)
    y = layers.BatchNormalization(momentum=0.9, name=f"{name}_project_norm")(y)
    return layers.Add(name=f"{name}_sum")([x, y]) if stride == 1 else y


keras.utils.set_random_seed(0)
image = keras.Input((8, 8, 1), name="image")
stem = layers.Conv2D(16, 3, padding="same", use_bias=False, name="stem_conv")
x = normalised(stem, image, "stem")
x = block(block(x, 48, 2, "block1"), 48, 1, "block2")
x = normalised(layers.Conv2D(48, 1, use_bias=False, name="head_conv"), x, "head")
x = layers.GlobalAveragePooling2D(name="mean")(x)
stranger = keras.Model(image, layers.Dense(10, activation="softmax", name="scores")(x))

# %% [markdown]
# Eight epochs on the training digits, some seconds. What you read from here on to *The mean is blind*
# may differ by a digit or two on your machine: training does.

# %% tags=["nbval-ignore-output"]
stranger.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
stranger.fit(x_train, y_train, batch_size=64, epochs=8, verbose=0)
float_right = int((stranger.predict(x_test, verbose=0).argmax(axis=1) == y_test).sum())
print(f"{stranger.count_params():,} parameters, {float_right} of {len(y_test)} test digits right")
assert float_right > 330

# %% [markdown]
# ## Rung 1: is the float file equal?
#
# Before anything is quantized. Predict how far the outputs of the float file lie from those of Keras:
# the converter folds five batch normalisations, and hard-swish becomes one operator.

# %% jupyter={"source_hidden": true}
quiz(
    "Probabilities of the float file against those of Keras: how far apart is the worst of 3,550?",
    {
        "equal to the bit": "Sums are taken in another order, and normalisations are folded: float32 rounds.",
        "below 0.00001": "Float32 has seven digits, and a few layers cost one or two. Anything larger "
        "has a reason, and no number of bits mends it.",
        "about 0.01": "That would be a fault of conversion or of how the file is fed. Stop there.",
    },
    answer="below 0.00001",
)

# %% tags=["nbval-ignore-output"]
float_file = nets.convert(stranger, "float32")
scores = nets.run_tflite(float_file, x_test).outputs[0]
apart = np.abs(scores - stranger.predict(x_test, verbose=0)).max()
print(f"largest difference {apart:.0e}")
assert apart < 1e-5

# %% [markdown]
# The control, for a test that cannot fail proves nothing: feed it the same digits as bytes of 0 to 255, a
# mistake that is easily made. Then look at the file: which of its operators have you not met yet?

# %% tags=["nbval-ignore-output"]
bytes_fed = nets.run_tflite(float_file, 255 * x_test).outputs[0]
print(f"fed with bytes: largest difference {np.abs(bytes_fed - scores).max():.2f}")
graph = tflite.read(float_file)
print(*dict.fromkeys(op.name for op in graph.operators))
assert np.abs(bytes_fed - scores).max() > 0.5
assert {"HARD_SWISH", "MEAN", "MUL", "ADD"} < {op.name for op in graph.operators}

# %% [markdown]
# ## How much is chance?
#
# You will compare accuracies all day. 355 digits are a sample: another 355 would have given another
# number. The standard error of a share `p` of `n` answers is `sqrt(p (1 - p) / n)`, and two of them to
# each side hold 95 of 100 samples. But put in `p = 1`: the error is 0, as if 355 right answers proved
# that none will ever be wrong. Agresti and Coull (1998) mend that in a line: **add two right and two
# wrong answers**, then use the same formula.
#
# ## Exercise 1: the interval of chance
#
# Return `(low, high)` in percent, two standard errors to each side, held between 0 and 100.


# %%
def my_chance(right, count):
    """The interval of an accuracy, in percent: two standard errors, after adding two and two.

    right, count: ints, right <= count. Returns (low, high), two floats from 0 to 100.

    >>> low, high = my_chance(96, 96)
    >>> round(low, 2), round(high, 2)
    (95.2, 100.0)
    """
    ### BEGIN SOLUTION
    share = (right + 2) / (count + 4)
    error = np.sqrt(share * (1 - share) / (count + 4))
    return 100 * max(0, share - 2 * error), 100 * min(1, share + 2 * error)
    ### END SOLUTION


# %%
check.chance(my_chance)

# %% [markdown]
# From here on a file is *as good as float* if its accuracy is not below that interval. How many images
# would it take to see a loss of one point? Look at the widths.

# %% tags=["nbval-ignore-output"]
chance = mine.use(check.chance)
low, high = chance(float_right, len(y_test))
print(f"float {100 * float_right / len(y_test):.2f} %, by chance {low:.2f} to {high:.2f}")
for count in (355, 1_000, 10_000, 50_000):
    ends = chance(count * float_right // len(y_test), count)
    print(f"{count:6,} images: an interval of {ends[1] - ends[0]:.2f} points")
assert 2 < high - low < 6

# %% [markdown]
# ## Rung 2: is the input what it was in training?
#
# A hundred calibration images were handed over with the file. Lesson 04 showed what one that is out of
# scale does; 100 pictures nobody looks through. So let the machine look.
#
# ## Exercise 2: the odd ones out
#
# Take the largest absolute value of each image. An image is odd if that is more than four times the
# median of all of them, or less than a quarter of it. Return the indices of the odd ones, in order.


# %%
def my_odd_ones(images):
    """The indices of images whose scale is not that of the others.

    images: a float array (n, ...). Returns an array of ints, in rising order.

    >>> my_odd_ones(np.array([[0.5, -1.0], [0.9, 0.1], [200.0, 3.0], [0.8, 0.0]]))
    array([2])
    """
    ### BEGIN SOLUTION
    sizes = np.abs(images).reshape(len(images), -1).max(axis=1)
    middle = np.median(sizes)
    return np.flatnonzero((sizes > 4 * middle) | (sizes < middle / 4))
    ### END SOLUTION


# %%
check.odd_ones(my_odd_ones)

# %% [markdown]
# The batch as it was handed over: somebody forgot to divide two images by 255. Convert with it, then
# without what your function found. The control: on the clean training digits it finds none.

# %% tags=["nbval-ignore-output"]
odd_ones = mine.use(check.odd_ones)
handed_over = x_train[:100].copy()
handed_over[[17, 60]] *= 255
odd = odd_ones(handed_over)
assert odd.tolist() == [17, 60] and len(odd_ones(x_train)) == 0


def right_answers(file, x=x_test):
    return int((nets.run_tflite(file, x).outputs[0].argmax(axis=1) == y_test).sum())


for name, images in {"all": handed_over, "the others": np.delete(handed_over, odd, axis=0)}.items():
    file = nets.convert(stranger, "int8", calibration=images, io="float32")
    print(f"calibrated on {name:10} {right_answers(file)} of {len(y_test)} right")
assert right_answers(file) > 325

# %% [markdown]
# ## Rung 3: eight bits
#
# Gates, products, a function with a dip: has int8 enough levels for this? Commit yourself before you
# look.

# %% jupyter={"source_hidden": true}
quiz(
    "Int8, a scale for each channel, calibrated on 100 good digits. How many points does the stranger lose?",
    {
        "none that could be told from chance": "Each tensor has its own 256 levels, and no channel of this one "
        "is far larger than its neighbours. New operators are not a reason to fail.",
        "five to ten": "Then some tensor would have to be wild. None is, as you will see below.",
        "all of it": "That is what a bad calibration image does, not eight bits.",
    },
    answer="none that could be told from chance",
)

# %% tags=["nbval-ignore-output"]
calibration = x_train[:100]
files = {"float32": float_file}
for name, per_channel in {"int8": True, "int8, per tensor": False}.items():
    options = {"calibration": calibration, "per_channel": per_channel, "io": "float32"}
    files[name] = nets.convert(stranger, "int8", **options)
rows = nets.compare(files, (x_test, y_test), repeats=1)
for row in rows:
    print(f"{row.name:17} {row.size:6,} bytes, {row.integer_share:4.0%} integer, {row.accuracy:.2f} %")
assert all(row.accuracy >= low for row in rows) and rows[1].integer_share == 1

# %% [markdown]
# Done, at the third rung, and with every operator on integers. Most networks are like that, and a ladder that
# always finds something would be worthless. Still, ask for 16 bits, which one would think safe. What is new in
# the stranger is new to the toolchain too.

# %%
try:
    nets.convert(stranger, "int16x8", calibration=calibration)
except ValueError as error:
    print(str(error).splitlines()[0])

# %% [markdown]
# There is no hard-swish kernel for 16 bits in this version. So that rung is missing for every
# MobileNetV3: good to know *before* it is somebody's plan B.
#
# ## The mean is blind
#
# When accuracy falls, one looks for the layer by its SQNR. Lesson 04 left a riddle: the layer that broke
# the network looked harmless, at 20 dB. Here is that network again, digits with channels
# stretched up to 100 times apart, this time with a scale for each channel of the weights. Its sick
# layer, and all values that its channels took, in float and in int8:

# %%
digits_net = keras.models.load_model(data.asset("digits.keras"))
pair = ("block2_depthwise_norm", "block2_pointwise")
stretched = nets.models.stretch(digits_net, *pair, spread=100)


def twice(model, layer, x=x_test[:100]):
    """Values of a layer's channels (values, channels): in the float file, and in the int8 file."""
    found = []
    for recipe in ("float32", "int8"):
        file = nets.convert(model, recipe, calibration=calibration if recipe == "int8" else None)
        graph = tflite.read(file)
        takes = graph.tensors[graph.inputs[0]].params
        given = x if takes is None else qnn_edu.quantize(x, takes)
        (tensor,) = (i for op in graph.operators for i in op.outputs if graph.layer_name(i) == layer)
        values, params = nets.run_tflite(file, given, keep=True).tensors[tensor], graph.tensors[tensor].params
        found.append(values if params is None else qnn_edu.dequantize(values, params))
    return [values.reshape(-1, values.shape[-1]).astype(float) for values in found]


# %% [markdown]
# The usual SQNR is one ratio of two sums over everything: the energy of the signal, the energy of the error.
# A channel ten times larger counts a hundred times. So code it twice: once over all, once for each channel.

# %%
real, got = twice(stretched, "block2_depthwise_relu")
signal, noise = np.sum(real**2, axis=0), np.sum((got - real) ** 2, axis=0)
overall = 10 * np.log10(signal.sum() / noise.sum())
each = 10 * np.log10(signal / noise)
print(f"over all {overall:.1f} dB; channels from {each.min():.1f} to {each.max():.1f} dB")
print(f"the largest of {len(signal)} channels has {signal.max() / signal.sum():.0%} of all energy")
print(f"channels below 10 dB: {np.sum(each < 10)}, with {signal[each < 10].sum() / signal.sum():.2%}")
assert overall > 30 and each.min() < 5

# %% [markdown]
# A mean of 33 dB, and channels in it of which hardly anything is left: they hold too little energy to
# be seen. The next layer multiplies just those by up to ten. The picture shows where they hide.

# %%
axes = draw.style.figure(8, 3.6).add_subplot()
share = signal / signal.sum()
axes.scatter(100 * share, each, marker="o", label="a channel")
axes.axhline(overall, linestyle="--", label=f"over all, {overall:.0f} dB")
axes.set(xscale="log", xlabel="share of the layer's energy (%)", ylabel="SQNR of the channel (dB)")
axes.legend()
draw.show(
    axes,
    "Each dot is a channel: the smaller its share of the energy, the lower its SQNR, down to almost nothing; "
    "the dashed line over all lies near the few largest ones.",
)

# %% [markdown]
# ## Exercise 3: the worst channel
#
# Return the SQNR in dB of the worst channel. Channels are the last axis, whatever comes before it. A
# channel that is zero everywhere has no signal to lose: leave it out. There is noise in every other.


# %%
def my_worst_channel(real, got):
    """The lowest SQNR of a channel, in dB; channels without signal do not count.

    real, got: float arrays (..., channels) of one shape. Returns one number.

    >>> real = np.array([[8.0, 1.0, 0.0], [6.0, 1.0, 0.0]])
    >>> round(float(my_worst_channel(real, real + 0.1)), 2)
    20.0
    """
    ### BEGIN SOLUTION
    before = tuple(range(real.ndim - 1))
    signal = np.sum(real**2, axis=before)
    noise = np.sum((got - real) ** 2, axis=before)
    return 10 * np.log10(np.min(signal[signal > 0] / noise[signal > 0]))
    ### END SOLUTION


# %%
check.worst_channel(my_worst_channel)

# %% [markdown]
# Now stretch ONE channel of the healthy digits network a hundred times; the next layer divides by it. The float
# network computes what it did. Predict both numbers: the SQNR over all, and that of the worst channel.

# %% jupyter={"source_hidden": true}
quiz(
    "One channel of 64 becomes a hundred times larger. What happens to the SQNR of the layer, over all?",
    {
        "it falls by 40 dB": "That happens to the other channels, whose step is a hundred times wider now.",
        "it stays": "The large channel now holds nearly all the energy, and it has all 256 levels.",
        "it rises": "The one large channel is nearly all of the energy now, and it fills all 256 levels. "
        "The number is better, the network is worse.",
    },
    answer="it rises",
)

# %%
worst_channel = mine.use(check.worst_channel)
one = keras.models.clone_model(digits_net)
one.set_weights(digits_net.get_weights())
before, after = one.get_layer(pair[0]), one.get_layer(pair[1])
factors = np.ones(before.gamma.shape[0], np.float32)
factors[real.max(axis=0).argmax()] = 100
gamma, beta, *statistics = before.get_weights()
before.set_weights([gamma * factors, beta * factors, *statistics])
after.set_weights([w / factors[:, None] if w.ndim == 4 else w for w in after.get_weights()])

seen = {}
for name, model in {"healthy": digits_net, "one channel x 100": one}.items():
    pair_of_values = twice(model, "block2_depthwise_relu")
    seen[name] = check_all, check_worst = [
        qnn_edu.metrics.sqnr_db(*pair_of_values), worst_channel(*pair_of_values)
    ]  # fmt: skip
    print(f"{name:18} over all {check_all:5.1f} dB, worst channel {check_worst:5.1f} dB")

# %% [markdown]
# ## Keep what is yours
#
# Store your right answers in `my_qnn.py`, beside the lessons.

# %%
mine.keep(check)
