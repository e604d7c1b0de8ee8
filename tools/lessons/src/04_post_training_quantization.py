# %% [markdown]
# # 04 Post-training quantization
#
# You have a trained float network and want an integer one, today, without training again. A converter
# does it in a second. This lesson opens that converter: what it must know, how it finds out, what the
# graph looks like before and after, what each layer lost, and how to get it back.
#
# **75 minutes.** You need lessons 02 and 03. TensorFlow is loaded here, which takes some seconds.

# %% [markdown]
# ## What you will learn
#
# - which ranges a converter cannot know, and how data tells it,
# - TensorFlow's own converter and interpreter, line by line, and what `nets.convert` adds,
# - five recipes, and what each costs in size, accuracy and time,
# - how many images calibration needs, and how a single bad one ruins it,
# - how to find the layer that lost the accuracy, and how to get it back,
# - the command line, for all of this without Python.

# %%
import collections
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

import qnn_edu
from qnn_edu import clipping, data, draw, metrics, nets, ranges, tflite
from qnn_edu.draw import plots
from qnn_edu.lessons import lesson_04 as check
from qnn_edu.lessons import mine
from qnn_edu.nets import history, quiet
from qnn_edu.ui import explorers, quiz

tf, keras = quiet.load_tensorflow(), quiet.load_keras()

# %% [markdown]
# ## One convolution
#
# The smallest network that has everything: a colour image of 224 x 224, one convolution with 32
# filters of 3 x 3, and ReLU. Its float file holds four tensors. An int8 kernel needs a scale and a
# zero point for each.

# %%
keras.utils.set_random_seed(0)
image = keras.Input((224, 224, 3), name="image")
conv = keras.layers.Conv2D(32, 3, padding="same", activation="relu", name="conv")
network = keras.Model(image, conv(image), name="one_convolution")

float_file = nets.convert(network, "float32")
for tensor in tflite.read(float_file).tensors:
    constant = "a constant" if tensor.data is not None else "computed"
    print(f"{tensor.dtype}  {tensor.shape!s:18} {constant}")

# %% [markdown]
# Two are constants, the weights and the bias. Two appear only when the network runs.

# %% jupyter={"source_hidden": true}
quiz(
    "Whose ranges can the converter not read from the file?",
    {
        "weights and bias": "Those are constants: their smallest and largest value stand in the file.",
        "image and output": "They exist only while the network runs. Two ranges have to be told.",
        "the output alone": "The image comes from somebody's camera: its range is not in the file.",
        "none": "Nothing in a float file says how large an image or an activation will be.",
    },
    answer="image and output",
)

# %% [markdown]
# Ask for int8 without a word about these two, and this package refuses. Read the reason.

# %%
try:
    nets.convert(network, "int8")
except ValueError as error:
    print(error)

# %% [markdown]
# ## The input: mean and deviation
#
# The input's range is seldom a riddle. Images come as bytes `q` from 0 to 255, networks are trained on
# something like -1 to 1, and a model's description states the line between them: `x = (q - mean) /
# std`. With mean 128 and deviation 128, byte 128 means 0. Compare with `x = scale * (q - zero_point)`:
# it *is* an affine quantizer, and the image needs no arithmetic at all before the first layer.
#
# ## Exercise 1: scale and zero point of an input
#
# Return `(scale, zero_point)`, the zero point as the nearest whole number: a mean may be 127.5.


# %%
def my_input_params(mean, std):
    """Scale and zero point of bytes `q` that stand for `x = (q - mean) / std`.

    mean, std: numbers. Returns (scale, zero_point): a float, and an int.

    >>> my_input_params(128, 128)
    (0.0078125, 128)
    """
    ### BEGIN SOLUTION
    return 1 / std, round(mean)
    ### END SOLUTION


# %%
check.input_params(my_input_params)

# %% [markdown]
# ## The output: show it data
#
# Nothing states how large an output becomes, so measure: run the float network on some typical inputs,
# write down the smallest and the largest value that each tensor took, and make scales of them. That is
# **calibration**, and the inputs are called the *representative dataset*. Here the photographs on
# board, scaled to -1 to 1.

# %%
photos = np.stack([data.photo(name, size=224) for name in data.PHOTOS])
x_photos = (photos.astype(np.float32) - 128) / 128
print(f"{len(x_photos)} photographs, from {x_photos.min()} to {x_photos.max()}")

# %% [markdown]
# ## TensorFlow's own words
#
# This package wraps TensorFlow's converter. Here it is bare, once, for this is what you will meet in
# other people's code:
#
# | line | what it asks for |
# |---|---|
# | `optimizations` | quantize; without a dataset, large weights alone |
# | `representative_dataset` | ranges measured on these; one image at a time, as a list of inputs |
# | `supported_ops` | operators on integers or an error, nothing left in float |
# | `inference_input_type`, `..._output_type` | bytes in and out; else float32, and int8 only between |
#
# `hushed` holds back the page of notes that the converter prints.

# %%
from qnn_edu.nets.conversion.toolchain import hushed


def photographs():
    for x in x_photos:
        yield [x[np.newaxis]]


converter = tf.lite.TFLiteConverter.from_keras_model(network)
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.representative_dataset = photographs
converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
converter.inference_input_type = tf.uint8
converter.inference_output_type = tf.uint8
with hushed():
    raw = converter.convert()
print(f"{type(raw).__name__}, {len(raw):,} of them, {raw[4:8]}")

# %% [markdown]
# Those bytes are the whole model: written to a file, it is a `.tflite` that a phone takes. To run it, an
# **interpreter** lays out memory, takes an input by the number of its tensor, computes, and hands out
# an output. (Many programs still say `tf.lite.Interpreter`; that name is to be removed, LiteRT's own
# is the same.) Real numbers come from the output's scale and zero point. Watch the input's: that
# exercise was yours.

# %%
from ai_edge_litert.interpreter import Interpreter

input_params = mine.use(check.input_params)
folder = Path(tempfile.mkdtemp())
(folder / "one_convolution.tflite").write_bytes(raw)

with hushed():
    interpreter = Interpreter(model_path=str(folder / "one_convolution.tflite"))
    interpreter.allocate_tensors()
(takes,), (gives,) = interpreter.get_input_details(), interpreter.get_output_details()
interpreter.set_tensor(takes["index"], photos[:1])
interpreter.invoke()
q = interpreter.get_tensor(gives["index"])

print("input: ", takes["dtype"].__name__, takes["shape"], takes["quantization"])
print("output:", gives["dtype"].__name__, gives["shape"], gives["quantization"])
np.testing.assert_allclose(takes["quantization"], input_params(128, 128))

# %% [markdown]
# ## Exercise 2: the range that calibration finds
#
# Given a list of batches (arrays of any shape), return the range `(lo, hi)` that min-max calibration
# writes down. Remember lesson 02: the range must hold zero.


# %%
def my_calibrated(batches):
    """The range that min-max calibration writes down.

    batches: a list of float arrays of any shape. Returns (lo, hi), two numbers, lo <= 0 <= hi.

    >>> lo, hi = my_calibrated([np.array([-1.0, 2.0]), np.array([0.5, 3.0])])
    >>> float(lo), float(hi)
    (-1.0, 3.0)
    """
    ### BEGIN SOLUTION
    lo = min(0.0, *(batch.min() for batch in batches))
    hi = max(0.0, *(batch.max() for batch in batches))
    return lo, hi
    ### END SOLUTION


# %%
check.calibrated(my_calibrated)

# %% [markdown]
# Does that function find what the converter found? Run the photographs through the float file, take the
# range of the outputs, and look at the file.

# %%
find_range = mine.use(check.calibrated)
measured = nets.run_tflite(float_file, x_photos).outputs[0]
lo, hi = find_range(list(measured))

graph = tflite.read(raw)
out = graph.tensors[graph.outputs[0]].params
sqnr = metrics.sqnr_db(measured[:1], qnn_edu.dequantize(q, out))
print(f"measured {lo:.4f} to {hi:.4f}, in the file {out.lo:.4f} to {out.hi:.4f}")
print(f"step {out.scale:.4f}, levels used {len(np.unique(q))}, SQNR {sqnr:.1f} dB")
assert lo == out.lo and abs(hi - out.hi) < out.scale

# %% [markdown]
# ## What `nets.convert` adds
#
# `nets.convert` is those lines in one call, and makes the same tensors. It adds what the bare converter
# leaves to you: it says what is missing before the long work; it looks at the examples (shape, type,
# nothing infinite); it refuses a file in which an operator stayed in float; it makes the file for one
# image (`batch=None` leaves the number open, as above); and it takes any range method of lesson 03, one
# scale for a whole weight, or a layer left in float. You will need all of that below.

# %%
calibrated = nets.convert(network, "int8", calibration=x_photos, io="uint8", batch=None)
for theirs, ours in zip(graph.tensors, tflite.read(calibrated).tensors, strict=True):
    assert theirs.dtype == ours.dtype
    assert np.array_equal(theirs.scale, ours.scale)
    assert np.array_equal(theirs.data, ours.data)

from_theirs, from_ours = (nets.run_tflite(file, photos).outputs[0] for file in (raw, calibrated))
print(f"{from_ours.size:,} outputs, {np.sum(from_theirs != from_ours)} of them differ")
assert np.array_equal(from_theirs, from_ours) and np.array_equal(q, from_theirs[:1])

# %% [markdown]
# Many examples on the web set `Optimize.DEFAULT` and leave all the rest out.

# %% jupyter={"source_hidden": true}
quiz(
    "`Optimize.DEFAULT` alone, for our convolution of 864 weights. What is in the file?",
    {
        "int8 weights and activations": "On what should it have measured the activations?",
        "int8 weights, float activations": "That is the rule, for weights of 1,024 numbers or more. "
        "These are 864, and stay as they are.",
        "float32, all of it": "Without a word. Weights of fewer than 1,024 numbers are left alone, and "
        "without a dataset nothing else can be quantized.",
        "nothing: it stops with an error": "It would, had you asked for operators on integers.",
    },
    answer="float32, all of it",
)

# %% [markdown]
# See for yourself. The moral is worth the exercise: after a conversion, *look at the file*.

# %%
converter = tf.lite.TFLiteConverter.from_keras_model(network)
converter.optimizations = [tf.lite.Optimize.DEFAULT]
with hushed():
    hoped_for = converter.convert()
for tensor in tflite.read(hoped_for).tensors:
    print(f"{tensor.dtype}  {tensor.shape!s:18}")
    assert tensor.dtype == np.float32

# %% [markdown]
# ## How it was done in 2018: a box that you may skip
#
# <details>
# <summary>Open the box</summary>
#
# When integer files were new, nobody measured: one *told* the converter. For the input that was mean and
# deviation, as in exercise 1. For every other tensor one could hand in `default_ranges`, a guess, "just
# to try it". Without it the converter stopped, since a range was missing.
#
# That road still exists inside TensorFlow (`tf.compat.v1`); `nets.history` keeps it for study. The
# folded cell below takes it twice (click its dots to read it). With the guess of 0 to 6 the
# output's scale is 6/255, whatever the network really computes: no value is clipped, but most of the 256
# levels stay empty, and steps that are far too wide cost many dB. Without a guess today's TensorFlow
# does not stop: it leaves the convolution in float32 behind a DEQUANTIZE, and says nothing.
#
# </details>

# %% jupyter={"source_hidden": true}
kernel, bias = conv.get_weights()


def network_of_2018(x):
    return tf.nn.relu(tf.nn.conv2d(x, kernel, strides=1, padding="SAME") + bias)


told, lost = (
    history.convert_2018(
        network_of_2018, (1, 224, 224, 3), input_stats=(128, 128), default_ranges=d
    )
    for d in ((0, 6), None)
)
for name, file in {"0 to 6": told, "none": lost}.items():
    print(f"guess {name:6}", *(f"{op.name}" for op in tflite.read(file).operators))
guess = tflite.read(told).tensors[tflite.read(told).outputs[0]].params
q = nets.run_tflite(told, photos[:1]).outputs[0]
guessed_sqnr = metrics.sqnr_db(measured[:1], qnn_edu.dequantize(q, guess))
print(f"step {guess.scale:.4f}, levels used {len(np.unique(q))}, SQNR {guessed_sqnr:.1f} dB")
assert guess.scale == np.float32(6 / 255) and guessed_sqnr < sqnr - 10
assert tflite.read(lost).tensors[tflite.read(lost).outputs[0]].dtype == np.float32

# %% [markdown]
# ## The graph, before and after
#
# What did the converter do to the network itself? Take a convolution with batch normalisation, as
# every real network has it. On the left the graph that TensorFlow hands over, on the right the file.
# Where has the batch normalisation gone?

# %% tags=["nbval-ignore-output"]
x = keras.layers.Conv2D(32, 3, padding="same", use_bias=False, name="conv")(image)
x = keras.layers.BatchNormalization(name="norm")(x)
normalised = keras.Model(image, keras.layers.ReLU(name="relu")(x))

before = nets.tensorflow_graph(normalised)
after = tflite.read(nets.convert(normalised, "int8", calibration=x_photos))
assert [op.name for op in after.operators] == ["CONV_2D"]
draw.side_by_side({"TensorFlow, before": before, "LiteRT, after": after})

# %% [markdown]
# Nothing is left but one `CONV_2D`. A factor and an offset for each channel go into the weights and
# the bias, and ReLU is a clamp at the end of the same operator. Lesson 08 does that folding by hand.
# The weights are int8 with a scale for each channel, the bias int32, the edges int8.

# %%
counts = collections.Counter(op.name for op in before.operators)
print(", ".join(f"{name} x {count}" for name, count in sorted(counts.items())))
weight, bias = (after.tensors[i] for i in after.operators[0].inputs[1:])
print(f"weights {weight.dtype}, {np.size(weight.scale)} scales; bias {bias.dtype}")
assert np.size(weight.scale) == 32 and not {"Mul", "Rsqrt"} & {op.name for op in after.operators}

# %% [markdown]
# ## Five recipes
#
# From here on the digits network of lesson 01, with batch normalisation still in it. A converter
# offers a choice of *what* becomes small:
#
# - **float32**: nothing.
# - **float16**: weights stored in 16 bits; computed in float32.
# - **dynamic**: weights in int8; activations stay float, and are quantized on the fly.
# - **int8**: weights and activations in int8. Needs calibration.
# - **int16x8**: int8 weights, int16 activations. Needs calibration.
#
# Five conversions take their time: some ten seconds.

# %%
digits_net = keras.models.load_model(data.asset("digits.keras"))
x_train, y_train = data.digits("train")
x_test, y_test = data.digits("test")

files = {name: nets.convert(digits_net, name) for name in ("float32", "float16", "dynamic")}
for name in ("int8", "int16x8"):
    files[name] = nets.convert(digits_net, name, calibration=x_train[:100])

# %% [markdown]
# Five files lie in memory now. Before you measure them:

# %% jupyter={"source_hidden": true}
quiz(
    "Which of the five files is the smallest?",
    {
        "float16": "It halves the weights, no more.",
        "dynamic": "It leaves weights of fewer than 1,024 numbers in float, and this network "
        "has several.",
        "int8": "All weights in 8 bits. The scales of the activations hardly count.",
        "int16x8": "Its weights are those of int8, but its biases take 64 bits each.",
    },
    answer="int8",
)

# %% [markdown]
# Measure all five: bytes on disk, right answers on the 355 test digits, the median time of one image,
# and the share of operators that compute on integers. Times are of one machine; the network is tiny.

# %% tags=["nbval-ignore-output"]
rows = nets.compare(files, (x_test, y_test))
draw.table(rows, caption="Five recipes for the digits network, 355 test digits, XNNPACK kernels")

# %% [markdown]
# A dynamic file counts as float here: its activations are. All five read digits about equally well;
# this network is easy. Below it gets harder. One time stands out.

# %%
size = {row.name: row.size for row in rows}
accuracy = {row.name: row.accuracy for row in rows}
print({name: round(value, 2) for name, value in accuracy.items()})
assert max(accuracy.values()) - min(accuracy.values()) <= 0.6
assert size["float32"] > size["float16"] > size["dynamic"] > size["int8"]

# %% [markdown]
# ## Why 16 bits are slow
#
# int16x8 is some 40 times slower than int8, although it computes on integers. Not the bits are to blame
# but the code: XNNPACK, the fast kernels that LiteRT takes by default, has none for 16-bit activations,
# so plain loops run instead, with sums of 64 bits. Try both kernel sets: what has no fast kernel takes
# as long under either. On a chip with 16-bit units the same file may be the fast one.

# %% tags=["nbval-ignore-output"]
both = {name: files[name] for name in ("int8", "int16x8")}
seconds = {}
for kernels in ("reference", "xnnpack"):
    for row in nets.compare(both, (x_test[:1], y_test[:1]), kernels=kernels):
        seconds[row.name, kernels] = row.time
        print(f"{kernels:10} {row.name:8} {1e6 * row.time:6.1f} µs")
assert seconds["int16x8", "xnnpack"] > 10 * seconds["int8", "xnnpack"]
assert seconds["int8", "reference"] > 10 * seconds["int8", "xnnpack"]
assert 0.5 < seconds["int16x8", "reference"] / seconds["int16x8", "xnnpack"] < 2

# %% [markdown]
# ## How many images?
#
# Accuracy on easy digits is a blunt measure. A finer one: the SQNR of the ten scores before the
# softmax, the integer network against the float one.

# %%
scores = tflite.read(files["float32"]).operators[-1].inputs[0]  # what the softmax reads
real_scores = nets.run_tflite(files["float32"], x_test, keep=True).tensors[scores]


def score_sqnr(file):
    graph = tflite.read(file)
    q_test = qnn_edu.quantize(x_test, graph.tensors[graph.inputs[0]].params)
    scores = graph.tensors[graph.operators[-1].inputs[0]]
    q = nets.run_tflite(file, q_test, keep=True).tensors[scores.index]
    return metrics.sqnr_db(real_scores, qnn_edu.dequantize(q, scores.params))


print(f"calibrated on 100 digits: {score_sqnr(files['int8']):.1f} dB")

# %% [markdown]
# That was one draw of a hundred digits. Would fewer do, or do we need all 1,442?

# %% jupyter={"source_hidden": true}
quiz(
    "How many training digits does it take until more of them change nothing any more?",
    {
        "one": "One digit does not light up every feature: what it never showed will be clipped.",
        "about ten": "Half of the way, and the luck of the draw moves it by several dB.",
        "about a hundred": "Close: on average a dB below all of them. But one draw in twelve still lies "
        "4 dB lower.",
        "about three hundred": "From there on the mean stands still, and a draw is off by tenths of a "
        "dB.",
        "all 1,442": "Ranges are only two numbers a tensor. They settle earlier.",
    },
    answer="about three hundred",
)

# %% [markdown]
# To try many sets of images, take apart what `convert` does: make a float file (slow, needed once),
# measure ranges on it, quantize by them (milliseconds each). Bit for bit the same file comes out.

# %%
float_model = nets.calibrate(digits_net, x_train[:100])


def int8_calibrated_on(x):
    found = nets.measure_ranges(float_model, x, ranges.min_max)  # two numbers for each activation
    return nets.quantize_calibrated(float_model, ranges=found)


assert int8_calibrated_on(x_train[:100]) == files["int8"]

# %% [markdown]
# Draw 1, 3, 10, ... digits at random, twelve times each, calibrate, and measure. Look at the height of
# the points, at how far the twelve lie apart, and at the line: all 1,442.

# %%
rng = np.random.default_rng(0)
sqnr = {}
for n in (1, 3, 10, 30, 100, 300):
    draws = [x_train[rng.choice(len(x_train), n, replace=False)] for _ in range(12)]
    sqnr[n] = [score_sqnr(int8_calibrated_on(x)) for x in draws]
all_of_them = score_sqnr(int8_calibrated_on(x_train))

ax = draw.style.figure(8, 3).add_subplot()
ax.plot(list(sqnr), list(sqnr.values()), "o", color=draw.style.BLUE, alpha=0.5)
ax.plot(list(sqnr), [np.mean(each) for each in sqnr.values()], "-", color=draw.style.BLUE)
ax.axhline(all_of_them, color=draw.style.GREY, linestyle="--")
ax.set_xscale("log", subs=[])
ax.set_xticks(list(sqnr), list(sqnr))
draw.style.label(ax, x="images for calibration", y="SQNR of the scores (dB)")
draw.show(
    ax, "The SQNR of the scores rises up to 300 calibration images, where draws hardly scatter."
)

# %% [markdown]
# Ten digits are half of the way, a hundred come within about a dB, and three hundred are as good as all,
# whichever they are. TensorFlow's guide asks for 100 to 500 examples; these figures say why. More than
# their number, it matters that they are drawn from what the network will meet.

# %%
mean = {n: float(np.mean(each)) for n, each in sqnr.items()}
spread = {n: float(np.std(each)) for n, each in sqnr.items()}
for n in sqnr:
    print(f"{n:5} digits: {mean[n]:4.1f} dB on average, spread {spread[n]:.1f} dB")
print(f" all digits: {all_of_them:.1f} dB")
assert 0.4 < (mean[10] - mean[1]) / (all_of_them - mean[1]) < 0.65
assert 0.5 < all_of_them - mean[100] < 2 and all_of_them - min(sqnr[100]) > 4
assert abs(all_of_them - mean[300]) < 0.5 and spread[300] < 0.5 < 1 < spread[100]

# %% [markdown]
# ## More data can hurt
#
# A user of TensorFlow was puzzled (its report 49927): with 20,000 calibration examples in place of 400
# the accuracy fell from 0.85 to 0.50. Here is how that can be. Take the hundred digits, and let somebody
# forget, for the last of them, to divide its pixels by 255. Predict what the accuracy of 99.7 % becomes.

# %% jupyter={"source_hidden": true}
quiz(
    "One calibration image of a hundred has pixels from 0 to 255 instead of 0 to 1. Accuracy?",
    {
        "unchanged": "Min-max keeps the largest value ever seen, and that is now 255 times too large.",
        "a few points lower": "The step of every activation grows by two orders of magnitude.",
        "about 10 %, a guess": "Real inputs now use one or two levels of 256. Nothing is left.",
    },
    answer="about 10 %, a guess",
)

# %% [markdown]
# Then let other range methods of lesson 03 choose from the very same hundred images.

# %%
spoiled = x_train[:100].copy()
spoiled[-1] *= 255
methods = {
    "min-max": ranges.min_max,
    "percentile 99.9": partial(ranges.percentile, percent=99.9),
    "percentile 99": partial(ranges.percentile, percent=99),
    "least KL": clipping.kl,
    "least MSE": clipping.mse,
}
right_spoiled = {}
for name, method in methods.items():
    found = nets.measure_ranges(float_model, spoiled, method)
    file = nets.quantize_calibrated(float_model, ranges=found)
    (row,) = nets.compare({name: file}, (x_test, y_test), repeats=1)
    right_spoiled[name] = row.accuracy
    print(f"{name:16} {row.accuracy:6.2f} %")
assert accuracy["int8"] > 99 and right_spoiled["percentile 99"] > 99
assert right_spoiled["min-max"] < 20 and right_spoiled["least MSE"] < 20

# %% [markdown]
# Percentile 99 saves everything, because the bad image *is* one percent of the data. At 99.9 it keeps
# a tenth of it, and least squares weigh a large value so heavily that they keep nearly all. No method
# replaces a look at the data: print the range of your images before you calibrate.
#
# ## Which layer lost it?
#
# The digits network is tame. MobileNet is not: training leaves channels of very different size in its
# depthwise layers. `stretch` makes ours like it. Each channel between two layers is multiplied by a
# factor of its own, up to 100 times apart, and the next layer divides by it. ReLU lets that through,
# so the float network computes the same.

# %%
pair = ("block2_depthwise_norm", "block2_pointwise")
stretched = nets.models.stretch(digits_net, *pair, spread=100)
difference = stretched.predict(x_test, verbose=0) - digits_net.predict(x_test, verbose=0)
print(f"largest difference of two probabilities: {np.abs(difference).max():.0e}")

stretched_float = nets.convert(stretched, "float32")
to_quantize = nets.calibrate(stretched, x_train[:100])
stretched_int8 = nets.quantize_calibrated(to_quantize, per_channel=False)
wild = {"float32": stretched_float, "int8, per tensor": stretched_int8}
for row in nets.compare(wild, (x_test, y_test), repeats=1):
    print(f"{row.name:16} {row.accuracy:6.2f} %")

# %% [markdown]
# With one scale for each weight tensor, two thirds of the answers are gone. Which layer did it? The SQNR
# of each layer's output tells how much noise there is, but a layer may only pass on what came in. So
# compute the layer a third time: the *float* operator, on what really came in. From the float network
# to that lies what was **inherited**, from that to the int8 network what was **made here**. In code, for
# one layer:


# %%
def inside(file, x):
    """Real values of what goes into `block2_pointwise`, operator 4 of a file, and of what comes out."""
    graph = tflite.read(file)
    takes, op = graph.tensors[graph.inputs[0]].params, graph.operators[4]
    given = x if takes is None else qnn_edu.quantize(x, takes)
    values = nets.run_tflite(file, given, keep=True).tensors
    ends = [graph.tensors[i] for i in (op.inputs[0], op.outputs[0])]
    if takes is None:
        return [values[t.index] for t in ends]
    return [qnn_edu.dequantize(values[t.index], t.params) for t in ends]


_, y_float = inside(stretched_float, x_test[:100])
came, y_int8 = inside(stretched_int8, x_test[:100])
alone = tflite.extract(stretched_float, [4])  # the float operator, as a file of its own
y_came = nets.run_tflite(alone, came).outputs[0]

# %% [markdown]
# Three outputs of one shape. The drawing takes one value, where the second is largest.

# %%
place = np.unravel_index(y_came[0].argmax(), y_came[0].shape)
one_value = [float(y[0][place]) for y in (y_float, y_came, y_int8)]
draw.show(
    plots.error_parts(*one_value, layer="block2_pointwise"),
    "Three boxes: the float layer on the float network's input, the float layer on what really came "
    "in, the int8 layer on the same. Inherited lies between the first two, made here between the last.",
)

# %% [markdown]
# ## Exercise 3: the share made here
#
# Energies are sums of squares. Return the energy made here over the sum of both. The three outputs are
# arrays of the same shape, whatever it is.


# %%
def my_share_made(y_float, y_came, y_int8):
    """The energy of the error made here, over that of the error made here and that inherited.

    y_float, y_came, y_int8: float arrays of one shape. Returns one number from 0 to 1.

    >>> float(my_share_made(np.array([1.0, 2.0]), np.array([1.0, 3.0]), np.array([4.0, 3.0])))
    0.9
    """
    ### BEGIN SOLUTION
    made = np.sum((y_int8 - y_came) ** 2)
    inherited = np.sum((y_came - y_float) ** 2)
    return made / (made + inherited)
    ### END SOLUTION


# %%
check.share_made(my_share_made)

# %% [markdown]
# The package does that for every layer; your function, on the three outputs above, gives its row.
# Follow the SQNR downwards, then look at the last column.

# %%
share = mine.use(check.share_made)
report = nets.layer_report(stretched_float, stretched_int8, x_test[:100])
print(f"block2_pointwise made {share(y_float, y_came, y_int8):.1%} of its error")
assert abs(share(y_float, y_came, y_int8) - report[4].share_made) < 1e-3

columns = ["name", "operator", "sqnr_db", "share_made"]
draw.table(
    report, columns=columns, caption="Channels stretched, weights per tensor: what each layer lost"
)

# %% [markdown]
# You have one layer to spend. (A layer here is a convolution with its batch normalisation and ReLU, and
# is named after the last of the three.)

# %% jupyter={"source_hidden": true}
quiz(
    "The network breaks at block2_pointwise_relu: from 20 dB to 1.5. Which layer would you leave in "
    "float?",
    {
        "block2_pointwise_relu": "It made 5 % of its error; the rest came in.",
        "block2_depthwise_relu": "It made 92 % of its error. 20 dB looks harmless, but the noise sits in "
        "small channels, and the next layer multiplies just those by ten.",
        "conv_relu": "It made 98 % of its error, but that error is tiny: 38 dB.",
        "block3_depthwise_relu": "The lowest SQNR, but it made 1 % of that.",
    },
    answer="block2_depthwise_relu",
)

# %% [markdown]
# The same as a picture. Left: where do the bars end? Right: which layer, at the break or above it, made
# most of its noise itself?

# %%
figure = draw.style.figure(9, 4.2)
left, right_half = figure.subplots(1, 2, sharey=True)
plots.layer_sqnr(report, mark="block2_depthwise_relu", ax=left)
plots.layer_shares(report, mark="block2_depthwise_relu", ax=right_half)
draw.show(
    figure,
    "The signal is gone from block2_pointwise_relu on, but that layer inherited nearly all of its noise; "
    "the one above it, block2_depthwise_relu, made its own.",
)

# %% [markdown]
# ## Exercise 4: which layer to leave in float
#
# Find the fault as you just did. Take the first layer that is broken, with an SQNR below 10 dB. While
# a layer made at most half of its error itself, step back to the one before; at layer 0, which has
# none before it, stop. Return the index where you arrive, or `None` if no layer is broken: a healthy
# network needs none in float.


# %%
def my_layer_to_free(sqnr_db, share_made):
    """The index of the layer to leave in float, or None.

    sqnr_db, share_made: arrays of one number for each layer, in the order of the network.

    >>> my_layer_to_free(np.array([38.0, 20.0, 5.0]), np.array([1.0, 0.9, 0.1]))
    1
    """
    ### BEGIN SOLUTION
    broken = np.flatnonzero(sqnr_db < 10)
    if len(broken) == 0:
        return None
    for k in range(broken[0], 0, -1):
        if share_made[k] > 0.5:
            return k
    return 0
    ### END SOLUTION


# %%
check.layer_to_free(my_layer_to_free)

# %% [markdown]
# Put your choice to the test: leave that layer in float. The file then computes it between a DEQUANTIZE
# and a QUANTIZE, and all the rest in integers. The control: leave each of the other nine in float
# instead, one at a time. If your rule found the culprit, none of them helps.

# %%
choose = mine.use(check.layer_to_free)
sqnr_db = np.array([row.sqnr_db for row in report])
share_made = np.array([row.share_made for row in report])
found = report[choose(sqnr_db, share_made)].name

regained = {}
for row in report:
    freed = nets.quantize_calibrated(to_quantize, per_channel=False, keep_float=[row.name])
    (judged,) = nets.compare({row.name: freed}, (x_test, y_test), repeats=1)
    regained[row.name] = judged.accuracy
    print(f"{row.name:22} in float: {judged.accuracy:5.2f} %{' <- chosen' * (row.name == found)}")
others = [value for name, value in regained.items() if name != found]
assert max(others) < 50 < 98 < regained[found]

# %% [markdown]
# One layer of ten brings it back; the one that showed the damage does not. There is a second cure that
# costs no float at all: a scale for each channel of the weights. Converters have used it since 2018.

# %%
per_channel = {"int8, per channel": nets.quantize_calibrated(to_quantize)}
(row,) = nets.compare(per_channel, (x_test, y_test), repeats=1)
print(f"{row.name} {row.accuracy:.2f} %")
assert row.accuracy > 98

# %% [markdown]
# ## Explore
#
# Everything at once. Each box of the graph is an operator; its colour and number say how much signal
# is left over noise at its output. Start with the stretched network and weights per tensor; find the
# layer. Tick *weights per channel*: it is well. Now spoil one image. Which of the four methods saves
# the network? Untick *per channel* again: does that method still? At last float16: why do all boxes
# turn good?

# %%
explorer = explorers.recipe()
explorer

# %% [markdown]
# In numbers, with the image spoiled that you spoiled above. Two faults lie in this network, channels of
# different size and a bad image, and each has a cure of its own. Which cell of the four has both?

# %%
settings = {"network": "stretched", "recipe": "int8", "images": 100, "spoiled": True}
saved = {}
for per_channel in (False, True):
    for method in ("min-max", "least MSE", "least KL", "percentile 99"):
        state = explorer.at(**settings, per_channel=per_channel, method=method)
        saved[per_channel, method] = state["accuracy"]
        print(f"per channel {per_channel!s:5} {method:14} {state['accuracy']:6.2f} %")
assert saved.pop((True, "percentile 99")) > 95 and max(saved.values()) < 50

tame = settings | {"network": "digits", "per_channel": True, "method": "min-max"}
assert explorer.at(**tame)["accuracy"] == right_spoiled["min-max"]

# %% [markdown]
# ## The command line
#
# All of this works without Python, as `qnn-edu` in a terminal. In 2018 one typed a page of flags; this
# is what is left of it. `inspect` says what is in a file: find the scale of the input, and count the
# scales of the weights.


# %%
def terminal(command):
    words = [sys.executable, "-m", "qnn_edu.cli", *command.split()[1:]]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder)
    print(f"$ {command}\n{done.stdout}{done.stderr}".rstrip())
    assert done.returncode == 0


terminal("qnn-edu inspect one_convolution.tflite")

# %% [markdown]
# `convert` takes a Keras file or a SavedModel, and an array of calibration images. `--dump-graphviz`
# writes the graphs before and after, as the old tool did. TensorFlow is loaded anew for it, so wait some
# ten seconds.

# %%
digits_net.save(folder / "digits.keras")
np.save(folder / "images.npy", x_train[:100])
terminal(
    "qnn-edu convert digits.keras -o digits.tflite --recipe int8 --calibration images.npy "
    "--dump-graphviz graphs"
)
print(*sorted(path.name for path in (folder / "graphs").iterdir()))

# %% [markdown]
# `run` feeds an array or a picture and names the likeliest classes. The truth here is 5.

# %%
np.save(folder / "digit.npy", x_test[:1])
(folder / "labels.txt").write_text(
    "\n".join("zero one two three four five six seven eight nine".split())
)
terminal("qnn-edu run digits.tflite --input digit.npy --labels labels.txt --top 3")

# %% [markdown]
# ## Keep what is yours
#
# Store your right answers in `my_qnn.py`, beside the lessons. Later lessons take them from there.

# %%
mine.keep(check)

# %% [markdown]
# ## What you have learned
#
# - Ranges of constants are in the file; those of inputs and activations must be told or measured.
#   Calibration measures them, on some hundred typical inputs; three hundred were as good as all.
# - A converter that lacks something may leave all in float, silently: look at the file.
# - Min-max calibration believes every value. One bad image can cost everything.
# - The layer report tells the error made in a layer from the error inherited. Per-channel scales, or one
#   layer left in float, bring a broken network back.

# %% [markdown]
# ## What to read next
#
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
#   Inference*, 2018: the scheme that every int8 file follows.
# - M. Nagel et al., *A White Paper on Neural Network Quantization*, 2021: post-training quantization as
#   a pipeline, and how to debug it.
# - H. Wu et al., *Integer Quantization for Deep Learning Inference*, 2020: calibration compared on many
#   networks, and leaving single layers in float.
# - Google, *LiteRT 8-bit quantization specification*: the types and ranges that files must have.
