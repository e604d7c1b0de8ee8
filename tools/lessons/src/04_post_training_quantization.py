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
# - which ranges a converter cannot know, and the three ways to tell it: an input's mean and
#   deviation, a default guess, or data,
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
# In 2018 one *told* the converter. Images come as bytes `q` from 0 to 255, networks are trained on
# something like -1 to 1, so there is a line between them: `x = (q - mean) / std`. With mean 128 and
# deviation 128, byte 128 means 0. Compare with `x = scale * (q - zero_point)`: it *is* an affine
# quantizer, and the image needs no arithmetic at all before the first layer.
#
# ## Exercise 1: scale and zero point of an input
#
# Return `(scale, zero_point)`, the zero point as the nearest whole number: a mean may be 127.5.


# %%
def my_input_params(mean, std):
    ### BEGIN SOLUTION
    return 1 / std, round(mean)
    ### END SOLUTION


# %%
check.input_params(my_input_params)

# %% [markdown]
# ## The output: a default guess
#
# For the output one could hand in `default_ranges`, a guess for every tensor that nobody measured,
# "just to try it". That road still exists inside TensorFlow (`tf.compat.v1`); `nets.history` keeps it
# for study. Here is the same network as it was written then. Look at the output's scale: it is 6/255,
# whatever the network really computes.


# %%
kernel, bias = conv.get_weights()


def network_of_2018(x):
    return tf.nn.relu(tf.nn.conv2d(x, kernel, strides=1, padding="SAME") + bias)


def describe(file):
    graph = tflite.read(file)
    for op in graph.operators:
        out = graph.tensors[op.outputs[0]]
        print(f"{op.name:12} -> {out.dtype!s:8} scale {out.scale}, zero point {out.zero_point}")
    return [graph.tensors[op.outputs[0]].dtype for op in graph.operators]


guessed = history.convert_2018(
    network_of_2018, (1, 224, 224, 3), input_stats=(128, 128), default_ranges=(0, 6)
)
x_in = tflite.read(guessed).tensors[tflite.read(guessed).inputs[0]]
print(f"{'image':12}    {x_in.dtype!s:8} scale {x_in.scale}, zero point {x_in.zero_point}")
describe(guessed)
assert x_in.scale == 1 / 128 and x_in.zero_point == 128

# %% [markdown]
# Now leave the guess out, and give the input's statistics alone. In 2018 the converter stopped with an
# error, since a range was missing.

# %% jupyter={"source_hidden": true}
quiz(
    "What does today's TensorFlow do, asked for uint8 without any range for the output?",
    {
        "it stops with an error": "It did, in 2018. Today it is quieter.",
        "it takes 0 to 6": "Nobody told it that.",
        "it leaves the convolution in float": "Without a word. The file is called quantized, and "
        "computes in float32 behind a DEQUANTIZE.",
        "it measures the range itself": "On what? It has no images.",
    },
    answer="it leaves the convolution in float",
)

# %% [markdown]
# See for yourself. The moral is worth the exercise: after a conversion, *look at the file*.

# %%
unguessed = history.convert_2018(
    network_of_2018, (1, 224, 224, 3), input_stats=(128, 128), default_ranges=None
)
dtypes = describe(unguessed)
assert np.dtype("float32") in dtypes

# %% [markdown]
# ## Today: show it data
#
# The third way is to measure. Run the float network on some typical inputs, write down the smallest
# and the largest value that each tensor took, and make scales of them: that is **calibration**, and
# the inputs are called the *representative dataset*. Here the photographs on board, scaled
# to -1 to 1.

# %%
photos = np.stack([data.photo(name, size=224) for name in data.PHOTOS])
x_photos = (photos.astype(np.float32) - 128) / 128

calibrated = nets.convert(network, "int8", calibration=x_photos, io="uint8")
describe(calibrated)
graph = tflite.read(calibrated)
measured = nets.run_tflite(float_file, x_photos).outputs[0]
conv_out = next(graph.tensors[op.outputs[0]] for op in graph.operators if op.name == "CONV_2D")
print(
    f"largest output seen {measured.max():.4f}, largest that int8 can hold {conv_out.params.hi:.4f}"
)
assert abs(measured.max() - conv_out.params.hi) < conv_out.scale

# %% [markdown]
# ## Exercise 2: the range that calibration finds
#
# Given a list of batches (arrays of any shape), return the range `(lo, hi)` that min-max calibration
# writes down. Remember lesson 02: the range must hold zero.


# %%
def my_calibrated(batches):
    ### BEGIN SOLUTION
    lo = min(0.0, *(batch.min() for batch in batches))
    hi = max(0.0, *(batch.max() for batch in batches))
    return lo, hi
    ### END SOLUTION


# %%
check.calibrated(my_calibrated)

# %% [markdown]
# ## Save it, run it
#
# A converted model is bytes; write them to a file, and it is a `.tflite` that a phone takes. Run a
# photograph through the float file and through the two integer files. The guess of 0 to 6 costs:
# where do the errors of its file come from?

# %%
folder = Path(tempfile.mkdtemp())
(folder / "one_convolution.tflite").write_bytes(calibrated)

real = measured[:1]
for name, file in {"guessed": guessed, "calibrated": folder / "one_convolution.tflite"}.items():
    out = tflite.read(file).tensors[tflite.read(file).outputs[0]].params
    q = nets.run_tflite(file, photos[:1]).outputs[0]
    sqnr = metrics.sqnr_db(real, qnn_edu.dequantize(q, out))
    print(f"{name:10} step {out.scale:.4f}, levels used {len(np.unique(q)):3}, SQNR {sqnr:.1f} dB")

# %% [markdown]
# No value was clipped, but the output never comes near 6: most of the 256 levels stay empty, and the
# steps are far too wide. A guess that is too small would clip instead.
#
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
# this network is easy. Below it gets harder.

# %%
size = {row.name: row.size for row in rows}
accuracy = {row.name: row.accuracy for row in rows}
print({name: round(value, 2) for name, value in accuracy.items()})
assert max(accuracy.values()) - min(accuracy.values()) <= 0.6
assert size["float32"] > size["float16"] > size["dynamic"] > size["int8"]

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
    "How many training digits does it take until more of them no longer help?",
    {
        "one": "One digit does not light up every feature: what it never showed will be clipped.",
        "about ten": "Most of the way, but the luck of the draw still moves it by several dB.",
        "about a hundred": "From there on the curve is flat, and hardly scatters.",
        "all 1,442": "Ranges are only two numbers a tensor. They settle early.",
    },
    answer="about a hundred",
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
# Draw 1, 3, 10, ... digits at random, three times each, calibrate, and measure. Look at the height of
# the points, and at how far the three draws lie apart.

# %%
rng = np.random.default_rng(0)
sqnr = {}
for n in (1, 3, 10, 30, 100, 300):
    draws = [x_train[rng.choice(len(x_train), n, replace=False)] for _ in range(3)]
    sqnr[n] = [score_sqnr(int8_calibrated_on(x)) for x in draws]

ax = draw.style.figure(8, 3).add_subplot()
ax.plot(list(sqnr), list(sqnr.values()), "o", color=draw.style.BLUE)
ax.plot(list(sqnr), [np.mean(each) for each in sqnr.values()], "-", color=draw.style.BLUE)
ax.set_xscale("log")
draw.style.label(ax, x="images for calibration", y="SQNR of the scores (dB)")
draw.show(ax, "The SQNR of the scores rises from 1 to 100 calibration images, then stays flat.")

# %% [markdown]
# A hundred images, drawn from what the network will meet, are enough for min-max ranges here.

# %%
print({n: round(float(np.mean(each)), 1) for n, each in sqnr.items()})
assert np.mean(sqnr[100]) - np.mean(sqnr[1]) > 15
assert abs(np.mean(sqnr[300]) - np.mean(sqnr[100])) < 2

# %% [markdown]
# ## More data can hurt
#
# Readers of TensorFlow's forum were puzzled: with *more* calibration data their model got worse. Here
# is how. Take the hundred digits, and let somebody forget, for a single one, to divide its pixels by
# 255. Predict what the accuracy of 99.4 % becomes.

# %% jupyter={"source_hidden": true}
quiz(
    "One calibration image of a hundred has pixels from 0 to 255 instead of 0 to 1. Accuracy?",
    {
        "unchanged": "Min-max keeps the largest value ever seen, and that is now 255 times too large.",
        "a few points lower": "The step of every activation grows by two orders of magnitude.",
        "about 11 %, a guess": "Real inputs now use one or two levels of 256. Nothing is left.",
    },
    answer="about 11 %, a guess",
)

# %% [markdown]
# Then let other range methods of lesson 03 choose from the very same hundred images.

# %%
spoiled = x_train[:100].copy()
spoiled[50] *= 255
methods = {
    "min-max": ranges.min_max,
    "percentile 99.9": partial(ranges.percentile, percent=99.9),
    "percentile 99": partial(ranges.percentile, percent=99),
    "least KL": clipping.kl,
    "least MSE": clipping.mse,
}
right = {}
for name, method in methods.items():
    file = nets.convert(digits_net, "int8", calibration=spoiled, ranges=method)
    right[name] = nets.compare({name: file}, (x_test, y_test), repeats=1)[0].accuracy
    print(f"{name:16} {right[name]:6.2f} %")
assert right["min-max"] < 20 and right["least MSE"] < 20 < 99 < right["percentile 99"]

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
to_int8 = partial(nets.convert, stretched, "int8", calibration=x_train[:100])
wild = {"float32": stretched_float, "int8, per tensor": to_int8(per_channel=False)}
for row in nets.compare(wild, (x_test, y_test), repeats=1):
    print(f"{row.name:16} {row.accuracy:6.2f} %")

# %% [markdown]
# With one scale for each weight tensor, two thirds of the answers are gone. Which layer did it? The SQNR
# of each layer's output tells how much noise there is, but a layer may only pass on what came in. So
# run the *float* operator on what really came in, and split the error:
#
# - **made here**: the integer operator's output, less that,
# - **inherited**: that, less the float network's output.
#
# ## Exercise 3: the share made here
#
# Energies are sums of squares. Return the energy made here over the sum of both. The three outputs are
# arrays of the same shape, whatever it is.


# %%
def my_share_made(y_float, y_came, y_int8):
    ### BEGIN SOLUTION
    made = np.sum((y_int8 - y_came) ** 2)
    inherited = np.sum((y_came - y_float) ** 2)
    return made / (made + inherited)
    ### END SOLUTION


# %%
check.share_made(my_share_made)

# %% [markdown]
# The package does that for every layer. Follow the SQNR downwards, then look at the last column.

# %%
report = nets.layer_report(stretched_float, wild["int8, per tensor"], x_test[:100])
columns = ["name", "operator", "sqnr_db", "share_made"]
draw.table(
    report, columns=columns, caption="Channels stretched, weights per tensor: what each layer lost"
)

# %% [markdown]
# You have one layer to spend.

# %% jupyter={"source_hidden": true}
quiz(
    "The network breaks at block2_pointwise: from 20 dB to 1.5. Which layer would you leave in float?",
    {
        "block2_pointwise": "It made 5 % of its error; the rest came in.",
        "block2_depthwise": "It made 92 % of its error. 20 dB looks harmless, but the noise sits in small "
        "channels, and the next layer multiplies just those by ten.",
        "conv": "It made 98 % of its error, but that error is tiny: 38 dB.",
        "block3_depthwise": "The lowest SQNR, but it made 1 % of that.",
    },
    answer="block2_depthwise",
)

# %% [markdown]
# The same as a picture: the longer a bar, the louder the noise; hatched is what was made there.

# %%
draw.show(
    plots.layer_losses(report),
    "Noise of each layer's output: the depthwise layer of block 2 makes most of its noise itself; the "
    "layer after it is far noisier, but nearly all of that is inherited.",
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
    ### BEGIN SOLUTION
    if not (sqnr_db < 10).any():
        return None
    k = int(np.argmax(sqnr_db < 10))
    while k > 0 and share_made[k] <= 0.5:
        k -= 1
    return k
    ### END SOLUTION


# %%
check.layer_to_free(my_layer_to_free)

# %% [markdown]
# Put it to the test: leave either layer in float. The file then computes it between a DEQUANTIZE and a
# QUANTIZE, and all the rest in integers.

# %%
sqnr_db = np.array([loss.sqnr_db for loss in report])
share_made = np.array([loss.share_made for loss in report])
found = report[check.layer_to_free.solution(sqnr_db, share_made)].name
broken = report[int(np.argmax(sqnr_db < 10))].name
for name in (broken, found):
    wild[f"{name} in float"] = to_int8(per_channel=False, keep_float=[name])
wild["int8, per channel"] = to_int8()

right = {row.name: row.accuracy for row in nets.compare(wild, (x_test, y_test), repeats=1)}
for name, value in right.items():
    print(f"{name:30} {value:6.2f} %")
assert right[f"{broken} in float"] < 50 < 98 < right[f"{found} in float"]
assert right["int8, per channel"] > 98

# %% [markdown]
# The right layer brings it back, the one that showed the damage does not. A scale for each channel of
# the weights helps as well and costs no float at all: converters have used it since 2018.
#
# ## Explore
#
# Everything at once. Each box of the graph is an operator; its colour and number say how much signal
# is left over noise at its output. Start with the stretched network and weights per tensor; find the
# layer. Then spoil one image, and look for a method that saves the network. Then float16: why do all
# boxes turn good?

# %%
explorer = explorers.recipe()
explorer

# %% [markdown]
# In numbers: the same hundred images, once clean and once with one spoiled, under two methods.

# %%
settings = {"network": "digits", "recipe": "int8", "per_channel": True, "images": 100}
for spoiled_one in (False, True):
    for method in ("min-max", "percentile 99"):
        found = explorer.at(**settings, method=method, spoiled=spoiled_one)
        print(f"spoiled {spoiled_one!s:5} {method:14} {found['accuracy']:6.2f} %")
assert found["accuracy"] > 95

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
# writes the graphs before and after, as the old tool did.

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
# ## What you have learned
#
# - Ranges of constants are in the file; those of inputs and activations must be told, guessed or
#   measured. Calibration measures them, on a hundred typical inputs.
# - A guess wastes levels or clips. A missing range leaves float operators behind, silently: look at
#   the file.
# - Min-max calibration believes every value. One bad image can cost everything.
# - The layer report tells the error made in a layer from the error inherited. Per-channel scales, or one
#   layer left in float, bring a broken network back.

# %% [markdown]
# ## What to read next
#
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
#   Inference*, 2018, section 2: the scheme that every int8 file follows.
# - M. Nagel et al., *A White Paper on Neural Network Quantization*, 2021, section 3: post-training
#   quantization as a pipeline, and how to debug it.
# - H. Wu et al., *Integer Quantization for Deep Learning Inference*, 2020, sections 4 and 5: calibration
#   compared on many networks, and leaving single layers in float.
# - Google, *LiteRT 8-bit quantization specification*: the types and ranges that files must have.
