# %% [markdown]
# # 05 A network with fake quantizers
#
# In lesson 04 the converter measured the ranges of a network that knew nothing of integers. Here the
# network says them itself. You will place fake quantizers by hand, convert without a single image of
# calibration, and find every number that you wrote down again in the file. Then you will place them
# wrongly, five ways, and learn to see it in the file.
#
# **75 minutes.** You need lessons 03 and 04. TensorFlow is loaded here, which takes some seconds.

# %% [markdown]
# ## What you will learn
#
# - where a fake quantizer belongs, and the two places where none does,
# - how to convert a network that carries its own ranges,
# - how far the integers of the file are from the simulation, and the two reasons,
# - why a network converts without a word and then cannot be loaded,
# - what a forgotten quantizer does, and one too many.

# %%
import itertools

import numpy as np

import qnn_edu
from qnn_edu import data, draw, engine, metrics, nets, params_from_range, tflite
from qnn_edu.lessons import lesson_05 as check
from qnn_edu.nets import history, quiet
from qnn_edu.ui import explorers, quiz

tf = quiet.load_tensorflow()

# %% [markdown]
# ## Rounding that stays in float
#
# A fake quantizer clips to its range and rounds to 256 levels, but what comes out is still float32.
# A graph full of them computes *as if* it had 8 bits: simulated quantization. It serves twice. A
# network that is trained with it gets used to the rounding (lesson 07), and a converter can read the
# ranges off it. TensorFlow has an operator for that. It is `qnn_edu.fake_quant`, to the bit:


# %%
def fake_quant(x, lo, hi, narrow=False):
    return tf.quantization.fake_quant_with_min_max_vars(x, lo, hi, num_bits=8, narrow_range=narrow)


values = np.float32([-1, 0, 0.01, 0.02, 3.14159, 6, 7])
print(" ".join(f"{v:7.4f}" for v in values))
print(" ".join(f"{v:7.4f}" for v in fake_quant(values, 0, 6).numpy()))
ours = qnn_edu.fake_quant(values, params_from_range(0, 6))
np.testing.assert_array_equal(fake_quant(values, 0, 6), ours)

# %% [markdown]
# ## Exercise 1: the range of an image
#
# The first fake quantizer stands on the input. Images come as bytes `q` from 0 to 255, and the network
# wants `x = (q - mean) / std`. Return the range `(lo, hi)` whose 256 levels are exactly those
# numbers. (`check.image_range.hint()` gives a hint.)


# %%
def my_image_range(mean, std):
    ### BEGIN SOLUTION
    return (0 - mean) / std, (255 - mean) / std
    ### END SOLUTION


# %%
check.image_range(my_image_range)

# %% [markdown]
# With the right range the fake quantizer of the input changes nothing at all: an image has 8 bits
# already. The control is the range that everybody writes first, -1 to 1.

# %%
photos = np.stack([data.photo(name, size=64) for name in data.PHOTOS])
x = (np.float32(photos) - 128) / 128

for lo, hi in (check.image_range.solution(128, 128), (-1, 1)):
    changed = np.mean(fake_quant(x, lo, hi).numpy() != x)
    print(f"from {lo:.4f} to {hi:.4f}: {100 * changed:5.1f} % of all values changed")
assert np.array_equal(fake_quant(x, -1, 127 / 128), x) and changed > 0.9

# %% [markdown]
# ## The network
#
# Two convolutions of 3 x 3 with bias and ReLU6, the weights random. Five methods stand for the five
# places where a fake quantizer could be:
#
# - **image**: `(byte - 128) / 128`, wide,
# - **weights**: symmetric and narrow, as in lesson 03,
# - **bias**: nothing,
# - **sum**, between the convolution and its ReLU6: nothing,
# - **activation**, after ReLU6: 0 to 6, wide.
#
# Read `__call__` line by line. Later you change one method at a time.


# %%
class Network(tf.Module):
    def __init__(self):
        super().__init__()
        rng, self.layers = np.random.default_rng(0), []
        for k, (inputs, filters) in enumerate([(3, 8), (8, 12)], 1):
            w = np.float32(rng.normal(0, 0.5 / np.sqrt(inputs), (3, 3, inputs, filters)))
            b = np.float32(rng.normal(0, 0.2, filters))
            variables = tf.Variable(w, name=f"w{k}"), tf.Variable(b, name=f"b{k}")
            self.layers.append((*variables, w.min(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))))

    def at_image(self, x):
        return fake_quant(x, -1, 127 / 128)

    def at_weights(self, w, lo, hi):
        largest = max(-lo.min(), hi.max())  # lo, hi: the extremes of each filter
        return fake_quant(w, -largest, largest, narrow=True)

    def at_bias(self, b):
        return b

    def at_sum(self, x):
        return x

    def at_activation(self, x, k):
        return fake_quant(x, 0, 6)

    def __call__(self, image):
        x = self.at_image(image)
        for k, (w, b, lo, hi) in enumerate(self.layers):
            x = tf.nn.conv2d(x, self.at_weights(w, lo, hi), strides=1, padding="SAME")
            x = self.at_sum(x + self.at_bias(b))
            x = self.at_activation(tf.nn.relu6(x), k)
        return x


def traced(network):
    spec = tf.TensorSpec((None, 64, 64, 3), name="image")
    return tf.function(network, input_signature=[spec], autograph=False)


network = traced(Network())

# %% [markdown]
# Before you convert: lesson 04 refused this recipe without calibration.

# %% jupyter={"source_hidden": true}
quiz(
    "How many images does the converter need to make an int8 file of this network?",
    {
        "a hundred": "That was for a network that states no ranges.",
        "one": "It would measure ranges, and those are written in the graph already.",
        "none": "Every range that it must know stands in a fake quantizer; those of the biases follow.",
        "one for each fake quantizer": "A fake quantizer is two numbers in the graph, no measuring.",
    },
    answer="none",
)

# %% [markdown]
# Same word, same recipe, and no data. `nets.convert` looks whether fake quantizers stand in the graph,
# and sets nothing but TensorFlow's `Optimize.DEFAULT`.

# %%
file = nets.convert(network, "int8")
graph = tflite.read(file)
for op in graph.operators:
    into, weight, bias = (graph.tensors[i] for i in op.inputs)
    out = graph.tensors[op.outputs[0]]
    print(f"{op.name}: {into.dtype} x {weight.dtype} + {bias.dtype} -> {out.dtype}")
assert [op.name for op in graph.operators] == ["CONV_2D", "CONV_2D"]
assert not nets.float_operators(graph)

# %% [markdown]
# ## Before and after
#
# This is the figure that the paper of 2018 opens with: on the left simulated quantization, on the
# right integer arithmetic. Fake quantizers are orange. There are five of them on the left. Where have
# they gone on the right?

# %% tags=["nbval-ignore-output"]
before = nets.tensorflow_graph(network)
draw.side_by_side({"TensorFlow, before": before, "LiteRT, after": graph})

# %% [markdown]
# Into the arrows. On the right no operator rounds for its own sake: each fake quantizer has become the
# scale and the zero point of a tensor. The addition of the bias and ReLU6 have gone into the
# convolution, where they cost nothing.

# %%
placed = [op for op in before.operators if op.name.startswith("FakeQuant")]
orange = [op for op in graph.operators if "QUANTIZE" in op.name]
print(f"fake quantizers: {len(placed)}; operators that only quantize in the file: {len(orange)}")
assert (len(placed), len(orange)) == (5, 0)
assert all(op.options["fused_activation_function"] == "RELU6" for op in graph.operators)

# %% [markdown]
# ## Every number, found again
#
# Compute from the ranges alone what the file must hold: scale and zero point of image, weights and
# activations, and all integers of the weights. Nothing is tolerated.

# %%
image_p, act_p = params_from_range(-1, 127 / 128), params_from_range(0, 6)
weights_p = []
for op, came, (w, *_) in zip(graph.operators, (image_p, act_p), Network().layers, strict=True):
    w = w.numpy()
    largest = np.abs(w).max()
    weights_p.append(params_from_range(-largest, largest, symmetric=True, narrow_range=True))
    into, weight = (graph.tensors[i] for i in op.inputs[:2])
    stored = [graph.tensors[i] for i in (*op.inputs[:2], *op.outputs)]
    for tensor, p in zip(stored, (came, weights_p[-1], act_p), strict=True):
        assert (tensor.scale, tensor.zero_point) == (p.scale, p.zero_point)
    q = np.moveaxis(qnn_edu.quantize(w, weights_p[-1]), -1, 0)  # the file puts filters first
    np.testing.assert_array_equal(weight.data, q)
    print(f"{op.name}: 3 scales, 3 zero points and {q.size} weights, 0 differ")

# %% [markdown]
# ## Why none on the bias
#
# A convolution adds up products of integers, and then the bias. Both must count in the same unit.
#
# ## Exercise 2: the bias that the file stores
#
# Given the real biases, the scale of the input and that of the weights (one number, or one for each
# filter), return the int32 numbers that the file stores.


# %%
def my_stored_bias(bias, image_scale, weight_scale):
    ### BEGIN SOLUTION
    return np.rint(bias / (image_scale * weight_scale)).astype(np.int32)
    ### END SOLUTION


# %%
check.stored_bias(my_stored_bias)

# %% [markdown]
# So a bias has no range of its own to choose: its scale follows from two others, and in 32 bits it never
# clips. Compare with the file. Then do what must not be done, and give each bias a fake quantizer.


# %%
class WithBias(Network):
    def at_bias(self, b):
        return fake_quant(b, -1, 1)


steps = zip(graph.operators, (image_p, act_p), weights_p, Network().layers, strict=True)
for op, came, p, (_, b, *_) in steps:
    stored = graph.tensors[op.inputs[2]]
    assert stored.scale == came.scale * p.scale
    expected = check.stored_bias.solution(b.numpy(), came.scale, p.scale)
    np.testing.assert_array_equal(stored.data, expected)
    print(f"{op.name}: bias scale {stored.scale:.3e}, {len(expected)} biases, 0 differ")
try:
    nets.convert(traced(WithBias()), "int8")
except ValueError as error:
    print(error)

# %% [markdown]
# That refusal is this package's. TensorFlow alone does not object: it cannot put 8 bits into an int32
# bias and leaves the convolutions in float. With `io="float32"` you get that file, to look at.

# %%
biased = tflite.read(nets.convert(traced(WithBias()), "int8", io="float32"))
print(*(op.name for op in biased.operators))
print("in float:", *(op.name for op in nets.float_operators(biased)))
assert [op.name for op in nets.float_operators(biased)] == ["CONV_2D", "CONV_2D"]

# %% [markdown]
# ## Is the simulation the truth?
#
# The graph rounds at the same places to the same levels as the file, but it sums in float32.

# %% jupyter={"source_hidden": true}
quiz(
    "Seven photographs, 344,064 outputs. How many integers differ between graph and file?",
    {
        "none": "Two small things are not simulated.",
        "less than 1 %, by one step": "Where a sum lies almost halfway between two levels, a tiny "
        "difference tips it to the other side.",
        "about half, by one step": "Then the simulation would be worth nothing.",
        "a few, by many steps": "Nothing here can move a value by more than the last rounding.",
    },
    answer="less than 1 %, by one step",
)

# %% [markdown]
# Run the file with each set of kernels, and count. The course's own engine, integers in numpy, must
# give the very numbers of LiteRT each time.


# %%
def differences(function, kernels):
    file = nets.convert(function, "int8")
    graph = tflite.read(file)
    takes, gives = (graph.tensors[i[0]].params for i in (graph.inputs, graph.outputs))
    q = qnn_edu.quantize(x, takes)
    result = nets.run_tflite(file, q, kernels=kernels).outputs[0]
    np.testing.assert_array_equal(engine.run(graph, q, kernels=kernels).outputs[0], result)
    return result.astype(int) - qnn_edu.quantize(function(x).numpy(), gives)


for kernels in ("reference", "optimized", "xnnpack"):
    off = differences(network, kernels)
    print(f"{kernels:9} {100 * np.mean(off != 0):.2f} % of {off.size} off, by {np.abs(off).max()}")
    assert 0 < np.mean(off != 0) < 0.01 and np.abs(off).max() == 1

# %% [markdown]
# So the integers themselves are no riddle: the engine has them all. What the graph does not simulate:
#
# - **The bias** is rounded to the grid of exercise 2 in the file, and not in the graph.
# - **Requantizing.** The kernels bring an int32 sum back to 8 bits. The reference kernels round
#   twice on the way (lesson 09); XNNPACK multiplies in float32 and rounds once, as the graph does.
#
# Test that. Put the biases on their grid, and count again. What do you expect of XNNPACK?

# %%
on_grid = Network()
for (_, b, *_), op in zip(on_grid.layers, graph.operators, strict=True):
    b.assign(graph.tensors[op.inputs[2]].real)

share = {}
for kernels in ("reference", "xnnpack"):
    share[kernels] = np.mean(differences(traced(on_grid), kernels) != 0)
    print(f"{kernels:9} {100 * share[kernels]:.2f} % off")
assert share["xnnpack"] < 2e-5 < 1e-3 < share["reference"]

# %% [markdown]
# Nothing is left under XNNPACK. Two causes, and no third.
#
# ## The network that cannot be loaded
#
# Weights have a smallest and a largest value, so why not take just that as their range? It wastes no
# level. The lesson of 2018 did so, with `narrow_range=True`, and it worked.


# %%
class Asymmetric(Network):
    def at_weights(self, w, lo, hi):
        return fake_quant(w, lo.min(), hi.max(), narrow=True)


asymmetric = nets.convert(traced(Asymmetric()), "int8")
print(f"converted: {len(asymmetric)} bytes, before {len(file)}")

# %% [markdown]
# The converter has nothing to say against it.

# %% jupyter={"source_hidden": true}
quiz(
    "What happens when a phone opens this file?",
    {
        "it runs, a little more exactly": "It would, if the kernels could use such weights.",
        "it runs, with wrong results": "LiteRT checks, thank goodness.",
        "it runs, with slow kernels": "The slow ones refuse too, and say it more plainly.",
        "it is refused": "By all of them. Read the numbers in brackets.",
    },
    answer="it is refused",
)

# %% [markdown]
# Try every set of kernels. The reference kernels name what they compared.


# %% tags=["nbval-ignore-output"]
def refusal(file, kernels):
    try:
        nets.run_tflite(file, np.zeros((1, 64, 64, 3), np.int8), kernels=kernels)
    except ValueError as error:
        return str(error)
    return ""


refusals = {name: refusal(asymmetric, name) for name in ("reference", "optimized", "xnnpack")}
print(*refusals.values(), sep="\n\n")
assert "zero_point" in refusals["reference"] and "zero_point" in refusals["optimized"]
assert "CONV_2D" in refusals["xnnpack"] and refusal(file, "xnnpack") == ""

# %% [markdown]
# Something should have been 0 and is not. Find it in the file.

# %%
for name, made in {"symmetric": file, "asymmetric": asymmetric}.items():
    tensors = tflite.read(made).tensors
    zero_points = [t.zero_point for t in tensors if t.data is not None and t.dtype == np.int8]
    print(f"{name:10} zero points of the weights: {zero_points}")
    assert any(zero_points) == (name == "asymmetric")

# %% [markdown]
# Why would a kernel mind? Multiply out what it sums over `n` products:
#
# $$\sum (q_w - Z_w)(q_x - Z_x) = \sum q_w q_x - Z_x \sum q_w - Z_w \sum q_x + n\,Z_w Z_x$$
#
# The second and the last term are constants, and go into the bias beforehand. The third needs the sum
# of the *inputs* under every position of the filter, anew for each image. With `Z_w = 0` it is gone,
# and so int8 kernels allow nothing else.
#
# One way out you know: symmetric and narrow. The other is the way of 2018: uint8 weights, for which
# kernels that do the extra sum still exist.

# %%
constants = Asymmetric()
constants.layers = [(w.numpy(), b.numpy(), lo, hi) for w, b, lo, hi in constants.layers]
old = history.convert_2018(constants, (1, 64, 64, 3), input_stats=(128, 128), default_ranges=None)
graph_2018 = tflite.read(old)
weights = [graph_2018.tensors[op.inputs[1]] for op in graph_2018.operators]
print("weights", weights[0].dtype, "with zero points", [w.zero_point for w in weights])

out = graph_2018.tensors[graph_2018.outputs[0]].params
expected = qnn_edu.quantize(constants(x).numpy(), out).astype(int)
for kernels in ("reference", "optimized", "xnnpack"):
    off = nets.run_tflite(old, photos, kernels=kernels).outputs[0] - expected
    print(f"{kernels:9} {100 * np.mean(off != 0):.2f} % off, by {np.abs(off).max()}")
    assert 0 < np.mean(off != 0) < 0.01 and np.abs(off).max() == 1

# %% [markdown]
# ## Narrow or wide
#
# The symmetric range is from `-a` to `a`. Now make it wide: 255 steps instead of 254.

# %% jupyter={"source_hidden": true}
quiz(
    "Weights from -a to a on a wide grid of 255 steps. Which level is 0?",
    {
        "the one in the middle": "256 levels have no middle one: zero is 127.5 steps from either end.",
        "none; the grid moves by half a step": "Up or down? That hangs on the last bit of a division.",
        "the lowest": "That would be a range that begins at 0.",
        "it depends on the weights": "The range is symmetric whatever they are.",
    },
    answer="none; the grid moves by half a step",
)

# %% [markdown]
# Take one convolution with 512 filters, each with its own range from `-a` to `a`, wide. What zero
# points does the converter find?


# %%
per_filter = tf.quantization.fake_quant_with_min_max_vars_per_channel
weight = np.float32(np.random.default_rng(0).normal(0, 0.3, (3, 3, 3, 512)))
largest = np.abs(weight).max(axis=(0, 1, 2))


def one_convolution(narrow):
    def network(image):
        w = per_filter(weight, -largest, largest, narrow_range=narrow)
        y = tf.nn.conv2d(fake_quant(image, -1, 127 / 128), w, strides=1, padding="SAME")
        return fake_quant(tf.nn.relu6(y), 0, 6)

    return nets.convert(traced(network), "int8")


for narrow in (False, True):
    made = one_convolution(narrow)
    zero_points = tflite.read(made).tensors[tflite.read(made).operators[0].inputs[1]].zero_point
    minus, loads = np.sum(zero_points == -1), not refusal(made, "reference")
    print(f"{'narrow' if narrow else 'wide':6} {minus:3} of 512 zero points are -1; loads: {loads}")
    assert set(zero_points) <= {-1, 0} and loads == narrow == (minus == 0)

# %% [markdown]
# Chance, and one loser is enough: LiteRT refuses the file. On a narrow grid zero is 127 steps from
# either end, every time.
#
# ## A range for each filter
#
# Weights may have a range for each filter: a convolution's kernel has the filters on its last axis, and
# `fake_quant_with_min_max_vars_per_channel` wants one `lo` and one `hi` for each.
#
# ## Exercise 3: a range for each filter
#
# Return `(lo, hi)`, two arrays: for each filter the smallest range that holds all its weights and
# whose zero point is 0 on a narrow grid.


# %%
def my_filter_ranges(w):
    ### BEGIN SOLUTION
    largest = np.abs(w).max(axis=(0, 1, 2))
    return -largest, largest
    ### END SOLUTION


# %%
check.filter_ranges(my_filter_ranges)

# %% [markdown]
# Place it, and look what it is worth: the SQNR of the outputs against the same network without any fake
# quantizer.


# %%
class PerFilter(Network):
    def at_weights(self, w, lo, hi):
        a = np.maximum(-lo, hi)
        return per_filter(w, -a, a, narrow_range=True)


def in_float(x):
    for w, b, *_ in Network().layers:
        x = tf.nn.relu6(tf.nn.conv2d(x, w, strides=1, padding="SAME") + b)
    return x.numpy()


sqnr = [metrics.sqnr_db(in_float(x), each()(x).numpy()) for each in (Network, PerFilter)]
filters = tflite.read(nets.convert(traced(PerFilter()), "int8"))
counts = [len(filters.tensors[op.inputs[1]].scale) for op in filters.operators]
print(f"scales of the weights {counts}; SQNR {sqnr[0]:.2f} dB per tensor, {sqnr[1]:.2f} per filter")
assert counts == [8, 12] and sqnr[1] > sqnr[0]

# %% [markdown]
# Can every layer have that? Here is a dense layer, once as a product of matrices, once as a convolution
# of 1 x 1, which computes the same.


# %%
def dense(as_convolution):
    w = np.float32(np.random.default_rng(0).normal(0, 1, (8, 4)))
    a = np.abs(w).max(axis=0)

    def layer(x):
        x = fake_quant(x, -1, 1)
        if as_convolution:
            kernel = per_filter(w.reshape(1, 1, 8, 4), -a, a, narrow_range=True)
            return fake_quant(tf.nn.conv2d(x, kernel, strides=1, padding="SAME"), -8, 8)
        return fake_quant(x @ per_filter(w, -a, a, narrow_range=True), -8, 8)

    spec = tf.TensorSpec((1, 1, 1, 8) if as_convolution else (1, 8))
    return tf.function(layer, input_signature=[spec], autograph=False)


# %% [markdown]
# The converter stumbles over the first and takes the second. So dense layers get one range, or are
# written as convolutions. (Depthwise layers take a range for each channel in shape
# `(h, w, channels)`; reshape to `(h, w, channels, 1)` afterwards.)

# %%
try:
    nets.convert(dense(as_convolution=False), "int8")
except ValueError as error:
    print("dense:", error)
    assert "mismatched quantized axes" in str(error)
made = tflite.read(nets.convert(dense(as_convolution=True), "int8"))
print("1 x 1:", *(op.name for op in made.operators))
assert not nets.float_operators(made)

# %% [markdown]
# ## A forgotten quantizer
#
# Leave out the one after the *first* ReLU6 and keep all others.

# %% jupyter={"source_hidden": true}
quiz(
    "Which convolutions does the file compute in float?",
    {
        "none": "Somebody would have to guess the range of the activation in the middle.",
        "the first": "It has nowhere to put its integers. But it is not alone.",
        "the second": "It has no integers to read. But it is not alone.",
        "both": "The first cannot write integers, the second cannot read any.",
    },
    answer="both",
)

# %% [markdown]
# One missing range, and not an integer operator is left. Look at the file that TensorFlow makes of it,
# and read what this package says when asked for int8.


# %%
class Forgetful(Network):
    def __init__(self, *known):  # image, after the first ReLU6, after the second
        super().__init__()
        self.known = known

    def at_image(self, x):
        return super().at_image(x) if self.known[0] else x

    def at_activation(self, x, k):
        return super().at_activation(x, k) if self.known[k + 1] else x


forgot = traced(Forgetful(True, False, True))
try:
    nets.convert(forgot, "int8")
except ValueError as error:
    print(error)

# %% [markdown]
# In the diagram, thick blue arrows carry integers. Where are they, and what do they carry them for?

# %% tags=["nbval-ignore-output"]
forgotten = tflite.read(nets.convert(forgot, "int8", io="float32"))
assert len(nets.float_operators(forgotten)) == 2
draw.side_by_side({"All placed": tflite.read(nets.convert(network, "int8", io="float32")),
                   "One forgotten": forgotten})  # fmt: skip

# %% [markdown]
# Image and output are rounded to 8 bits and turned back at once: the cost of quantization without any
# of its use.
#
# ## Exercise 4: which layers become integer
#
# A chain of layers; layer `k` reads tensor `k` and writes tensor `k + 1`. Given a list that says for each
# tensor whether a fake quantizer stands on it, return a list that says for each layer whether the file
# computes it in integers.


# %%
def my_integer_layers(known):
    ### BEGIN SOLUTION
    return [bool(before and after) for before, after in zip(known[:-1], known[1:], strict=True)]
    ### END SOLUTION


# %%
check.integer_layers(my_integer_layers)

# %% [markdown]
# Does the converter follow that rule? Ask it, for all eight ways to place three fake quantizers.

# %%
print("image  first  second    integer layers")
for known in itertools.product([True, False], repeat=3):
    made = tflite.read(nets.convert(traced(Forgetful(*known)), "int8", io="float32"))
    floats = {op.index for op in nets.float_operators(made)}
    layers = [op.index not in floats for op in made.operators if op.name == "CONV_2D"]
    print(*(f"{'yes' if each else '-':6}" for each in known), "  ", *layers)
    assert layers == check.integer_layers.solution(known)

# %% [markdown]
# ## One too many
#
# A convolution and its ReLU6 are one operator in the file, and nothing is rounded between them. So
# the paper places no fake quantizer there. Suppose somebody does, from -1 to 1, and trains with it.


# %%
class BeforeReLU(Network):
    def at_sum(self, x):
        return fake_quant(x, -1, 1)


# %% [markdown]
# In the graph, nothing above 1 can get through now.

# %% jupyter={"source_hidden": true}
quiz(
    "What does the converter make of a fake quantizer between convolution and ReLU6?",
    {
        "a QUANTIZE between the two": "The two are one operator: there is no between.",
        "a range of -1 to 1 for the convolution": "The convolution's output is what leaves ReLU6, and "
        "that has its own fake quantizer.",
        "it refuses": "It accepts everything, as you know by now.",
        "nothing, it drops it": "The file is the same as without. Only it is not the network that "
        "was trained.",
    },
    answer="nothing, it drops it",
)

# %% [markdown]
# Compare the file with the one from before, tensor by tensor, and its results with those of its own
# graph.

# %%
extra = traced(BeforeReLU())
made = tflite.read(nets.convert(extra, "int8"))
for ours, theirs in zip(graph.tensors, made.tensors, strict=True):
    assert (ours.scale, ours.zero_point) == (theirs.scale, theirs.zero_point)
    np.testing.assert_array_equal(ours.data, theirs.data)

off = differences(extra, "reference")
print(f"graph: at most {extra(x).numpy().max():.2f}; the file as before")
print(f"{100 * np.mean(off != 0):.0f} % of the file's integers differ from its graph's, "
      f"by up to {np.abs(off).max()} steps")  # fmt: skip
assert np.mean(off != 0) > 0.2 and np.abs(off).max() > 50

# %% [markdown]
# Not a scale, not a weight differs: the fake quantizer left no trace. A simulation is worth something
# only if it rounds *where the file rounds, and nowhere else*.
#
# ## Explore
#
# All places at once, in the same network; a converted file takes a fraction of a second. Uncheck
# `after ReLU6`, then check `bias` instead: look for the float operators. Then make the weights
# asymmetric, or wide and per channel, and read what LiteRT says. Last, check `before ReLU6` and watch the
# right side, and the share of outputs that are off.

# %%
explorer = explorers.placement()
explorer

# %% [markdown]
# In numbers: five placements, each one step from the right one. Which of the five mistakes would you
# notice without looking at the file?

# %%
print(f"{'':20} float operators   loads   outputs off")
for change in ({}, {"after_relu": False}, {"bias": True}, {"image": False},
               {"symmetric": False}, {"before_relu": True}):  # fmt: skip
    found = explorer.at(**change)
    loads = not any(found["refusals"].values())
    name = " ".join(f"{key} {value}" for key, value in change.items()) or "as it should be"
    off = f"{100 * found['off']:.1f} %" if loads else "-"
    print(f"{name:20} {found['float_operators']:9} {loads!s:>13} {off:>11}")
    assert loads == (name != "symmetric False")
assert found["off"] > 0.2
for ours, theirs in zip(graph.operators, explorer.at()["graph"].operators[1:3], strict=True):
    own, package = graph.tensors, explorer.at()["graph"].tensors
    np.testing.assert_array_equal(own[ours.inputs[1]].data, package[theirs.inputs[1]].data)

# %% [markdown]
# ## What you have learned
#
# - A fake quantizer belongs on the input, on weights and after each activation; none on a bias, and
#   none inside what the file fuses.
# - With them placed, int8 needs no calibration, and every scale of the file is one that you wrote.
# - File and simulation differ in under one percent of the values, by one step: the bias and the
#   rounding of the kernels.
# - int8 weights need zero point 0: a symmetric range, a narrow grid. The converter does not check.
# - A missing range leaves float operators on both sides of it; one too many is dropped. Of five
#   mistakes a single one announced itself. Look at the file.

# %% [markdown]
# ## What to read next
#
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
#   Inference*, 2018, figure 1.1 and section 3: simulated quantization; section 2.3: what zero points
#   cost.
# - R. Krishnamoorthi, *Quantizing deep convolutional networks for efficient inference*, 2018, section
#   2.4: where to place the rounding; section 3.2: with batch normalisation.
# - Google, *LiteRT 8-bit quantization specification*: which zero points int8 tensors may have.
# - Lesson 06 asks how anything can be trained through a staircase; lesson 07 lets one call place all
#   of these fake quantizers in a whole network.
