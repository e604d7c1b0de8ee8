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
# - where a fake quantizer belongs and where none does: one table of ten places,
# - how to convert a network that carries its own ranges,
# - how far the integers of the file are from the simulation, and the two reasons,
# - why a network converts without a word and then cannot be loaded,
# - what a forgotten quantizer does, and one too many.
#
# First the table, and then five acts, each with one riddle.

# %%
import itertools

import numpy as np

import qnn_edu
from qnn_edu import data, draw, engine, metrics, nets, params_from_range, tflite
from qnn_edu.lessons import lesson_05 as check
from qnn_edu.lessons import mine
from qnn_edu.nets import history, quiet
from qnn_edu.nets.models.placement import BEFORE_RANGE, Placement, two_convolutions
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
    """The range of an image, from two numbers: the pair `(lo, hi)`, two floats.

    >>> my_image_range(128, 64)
    (-2.0, 1.984375)
    """
    ### BEGIN SOLUTION
    return (0 - mean) / std, (255 - mean) / std
    ### END SOLUTION


# %%
check.image_range(my_image_range)

# %% [markdown]
# With the right range the fake quantizer of the input changes nothing at all: an image has 8 bits
# already. The control is the range that everybody writes first, -1 to 1. (`mine.use` gives your
# function once it is right, and ours until then.)

# %%
image_range = mine.use(check.image_range)
photos = np.stack([data.photo(name, size=64) for name in data.PHOTOS])
x = (np.float32(photos) - 128) / 128

for lo, hi in (image_range(128, 128), (-1, 1)):
    changed = np.mean(fake_quant(x, lo, hi).numpy() != x)
    print(f"from {lo:.4f} to {hi:.4f}: {100 * changed:5.1f} % of all values changed")
assert np.array_equal(fake_quant(x, -1, 127 / 128), x) and changed > 0.9

# %% [markdown]
# ## Where a fake quantizer stands
#
# One rule makes the table: round where the file stores 8 bits, and nowhere else. Who breaks it is seldom
# told; the last column is what one sees.
#
# | place | fake quantizer | why | if it is wrong, you see |
# |---|---|---|---|
# | image | yes, the range of its bytes | it comes in 8 bits | none: the first layer in float; -1 to 1: values changed (above) |
# | weights | yes, symmetric and narrow | int8 kernels want zero point 0 | another range: a file that cannot be loaded (act 3) |
# | bias | none | 32 bits; its scale follows from two others | its layer in float (act 1) |
# | batch normalisation | none before it; fold it first (lesson 08) | it ends up in the weights | multiplication and addition in float (below) |
# | between a convolution or a sum and its ReLU | none | they are one operator | nothing at all; the file is not what was trained (act 5) |
# | behind a ReLU, or a layer without one | yes | that is what the file stores | none: float on both sides (act 4) |
# | behind a sum | yes | it reaches further than its parts | none: the sum in float (below) |
# | concatenation | one range for all its inputs | bytes are copied, not computed | one range replaced by another (below) |
# | max pool, average pool, reshape | none | numbers stay on their grid | one of another range: an operator more, or it is gone (below) |
# | softmax, sigmoid | one before it, none behind | its grid is fixed: 256 steps from 0 to 1 | none before: float; one behind: an operator more (below) |

# %% [markdown]
# Rows that say "below" are tried at once. `small` makes a file of an image, a convolution and any
# `steps` behind it, without calibration.


# %%
def convolution(x, quantizer=fake_quant):
    w = np.float32(np.random.default_rng(0).normal(0, 0.5, (1, 1, x.shape[-1], 4)))
    largest = np.abs(w).max()
    return tf.nn.conv2d(x, quantizer(w, -largest, largest, narrow=True), strides=1, padding="SAME")


def traced(network):
    spec = tf.TensorSpec((None, 64, 64, 3), name="image")
    return tf.function(network, input_signature=[spec], autograph=False)


def small(*steps, quantizer=fake_quant):
    def network(image):
        x = convolution(quantizer(image, -1, 127 / 128), quantizer)
        for step in steps:
            x = step(x)
        return x

    return tflite.read(nets.convert(traced(network), "int8", io="float32"))


# %% [markdown]
# Six operators behind a ReLU6 whose range is 0 to 6: first without a fake quantizer of their own, then with
# one of 0 to 5. What computes in float stands in brackets. The last column has the upper ends of input and
# output in the second file. Where has the 5 gone, and where has it spread?


# %%
def words(graph):
    floats = {op.index for op in nets.float_operators(graph)}
    names = [f"({op.name})" if op.index in floats else op.name for op in graph.operators[1:]]
    return " ".join(name for name in names if name != "DEQUANTIZE")


def upper_ends(graph):
    grids = [t.params for t in graph.tensors if t.data is None and t.scale is not None]
    return [round(float(p.hi)) for p in grids[1:]]  # the first one is that of the image


def relu(x):
    return fake_quant(tf.nn.relu6(x), 0, 6)


def five(x):
    return fake_quant(x, 0, 5)


# %% [markdown]
# One line an operator.

# %%
operators = {
    "max pool": lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"),
    "average pool": lambda x: tf.nn.avg_pool2d(x, 2, 2, "SAME"),
    "reshape": lambda x: tf.reshape(x, (1, 32, 128, 4)),
    "sum": lambda x: x + x,
    "concatenation": lambda x: tf.concat([x, x], -1),
    "softmax": tf.nn.softmax,
}
ends = {}
for name, step in operators.items():
    without, graph = small(relu, step), small(relu, step, five)
    ends[name] = upper_ends(graph)
    print(f"{name:13} {words(without):24} {words(graph):33} {ends[name]}")
    assert ("(" in words(without)) == (name == "sum") and "(" not in words(graph)
    assert ("QUANTIZE" in words(graph)) == (name in ("max pool", "average pool", "softmax"))
assert ends["reshape"] == [6, 6] and ends["concatenation"] == [5, 5] and ends["sum"] == [6, 5]

# %% [markdown]
# Only the sum needs one. Pools and softmax answer with one `QUANTIZE` more. Behind the reshape it is gone, and
# the concatenation has handed it back to its input: both files clip elsewhere than their graphs.
#
# The other rows that say "below", beside their controls. Look for brackets, and for an end that nobody asked
# for.


# %%
def joined(x):
    return tf.concat([x, fake_quant(tf.nn.relu6(convolution(x)), 0, 4)], -1)


gain = np.float32([1, 2, 0.5, 1.5])
more = {
    "batch norm, one before it": [lambda x: fake_quant(x, -6, 6), lambda x: gain * x + 0.1, relu],
    "softmax, none before it": [tf.nn.softmax],
    "softmax, one before it": [lambda x: fake_quant(x, -4, 4), tf.nn.softmax],
    "sum, one before its ReLU": [relu, operators["sum"], five, relu],
    "sum, none before its ReLU": [relu, operators["sum"], relu],
    "joined, up to 6 and to 4": [relu, joined],
}
tried = {name: small(*steps) for name, steps in more.items()}
for name, graph in tried.items():
    print(f"{name:25} {words(graph):27} {upper_ends(graph)}")

# %% [markdown]
# Behind a fake quantizer a normalisation stays what it is, in float. Before a ReLU one makes no difference to
# the file. And of two ranges that are joined, one is gone.

# %%
assert "(MUL) (ADD)" in words(tried["batch norm, one before it"])
assert "(SOFTMAX)" in words(tried["softmax, none before it"])
assert "(" not in words(tried["softmax, one before it"])
one, none = tried["sum, one before its ReLU"], tried["sum, none before its ReLU"]
assert (words(one), upper_ends(one)) == (words(none), upper_ends(none))
assert upper_ends(tried["joined, up to 6 and to 4"]) == [6, 6, 6]

# %% [markdown]
# ## Act 1: the network
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
        return fake_quant(x, *image_range(128, 128))

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
            x = self.at_activation(tf.nn.relu6(x, name=f"relu{k + 1}"), k)
        return x


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
# The paper of 2018 opens with such a pair: simulated quantization, here on the left, and integer
# arithmetic. Fake quantizers are orange. There are five of them on the left. Where have
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
# ## `args` or `vars`? (You may skip this)
#
# TensorFlow has a second such operator, `fake_quant_with_min_max_args`. The lesson of 2018 left open which
# of the two to take. Compare them: on 100,000 random values, on those half-way between two levels, and in
# the file.


# %%
def with_args(x, lo, hi, narrow=False):
    operator = tf.quantization.fake_quant_with_min_max_args
    return operator(x, float(lo), float(hi), num_bits=8, narrow_range=narrow)


anywhere = np.float32(np.random.default_rng(0).uniform(-1, 7, 100_000))
halfway, differ = np.float32((np.arange(255) + 0.5) * 6 / 255), {}
for name, values in {"anywhere": anywhere, "half-way": halfway}.items():
    off = np.abs(with_args(values, 0, 6) - fake_quant(values, 0, 6)) / (6 / 255)
    differ[name] = np.sum(off > 0)
    print(f"{name}: {differ[name]} of {off.size} differ, by {off.max():.0f} step at most")
assert differ["anywhere"] == 0 < differ["half-way"] and np.isclose(off.max(), 1)

files = [small(relu, quantizer=quantizer) for quantizer in (fake_quant, with_args)]
for ours, theirs in zip(*(each.tensors for each in files), strict=True):
    assert (ours.scale, ours.zero_point) == (theirs.scale, theirs.zero_point)
    np.testing.assert_array_equal(ours.data, theirs.data)

# %% [markdown]
# The nudge is the same, and so is the file. In its last bit the rounding is not: `vars` divides by the
# scale, `args` multiplies by its inverse, and half-way that tips the scales.
#
# What decides is the range. To `args` it is a number, fixed when the graph is built. To `vars` it is a
# tensor: it may be a variable, and a gradient reaches it.

# %%
lo, hi = tf.Variable(0.0), tf.Variable(6.0)
with tf.GradientTape() as tape:
    y = fake_quant(anywhere, lo, hi)
print("to the ends of the range:", *(each.numpy() for each in tape.gradient(y, [lo, hi])))
try:
    tf.quantization.fake_quant_with_min_max_args(anywhere, lo, hi)
except TypeError as error:
    refused = str(error)
    print(refused)
assert "Expected float" in refused

# %% [markdown]
# So take `vars`. A range that is learned (lesson 06) or follows a moving average (lesson 07) needs it, and
# so does one for each filter: of `args` there is no such operator.
#
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
    """Float biases `(filters,)` and two scales (the second may be `(filters,)` too) to int32.

    >>> my_stored_bias(np.array([0.5, -0.25]), 0.5, 0.125)
    array([ 8, -4], dtype=int32)
    """
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


stored_bias = mine.use(check.stored_bias)
steps = zip(graph.operators, (image_p, act_p), weights_p, Network().layers, strict=True)
for op, came, p, (_, b, *_) in steps:
    stored = graph.tensors[op.inputs[2]]
    assert stored.scale == came.scale * p.scale
    expected = stored_bias(b.numpy(), came.scale, p.scale)
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
# ## Act 2: is the simulation the truth?
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
# ## Act 3: the network that cannot be loaded
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
# One way out you know: symmetric and narrow.
#
# ### The way of 2018 (you may skip this)
#
# The other way out is uint8 weights, for which kernels that do the extra sum still exist.

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
# The symmetric range is from `-a` to `a`. What if it is wide? 256 levels have no middle one: zero would lie
# 127.5 steps from either end. So the grid moves by half a step, up or down as the last bit of a division
# has it.
#
# Take one convolution with 512 filters, each with its own range from `-a` to `a`, wide. How many zero points
# will be 0?


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
# Chance, and one loser of 512 is enough: LiteRT refuses the file. On a narrow grid zero is 127 steps from
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
    """Weights (height, width, inputs, filters) to two arrays, each (filters,): `(lo, hi)`.

    >>> my_filter_ranges(np.array([[[[0.5, -1.0], [-0.75, 0.25]]]]))
    (array([-0.75, -1.  ]), array([0.75, 1.  ]))
    """
    ### BEGIN SOLUTION
    largest = np.abs(w).max(axis=(0, 1, 2))
    return -largest, largest
    ### END SOLUTION


# %%
check.filter_ranges(my_filter_ranges)

# %% [markdown]
# Place it. What is it worth, in SQNR of the outputs?


# %%
filter_ranges = mine.use(check.filter_ranges)


class PerFilter(Network):
    def __init__(self):
        super().__init__()
        self.layers = [(w, b, *filter_ranges(w.numpy())) for w, b, *_ in self.layers]

    def at_weights(self, w, lo, hi):
        return per_filter(w, lo, hi, narrow_range=True)


# %% [markdown]
# The yardstick is the network without any fake quantizer.


# %%
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
# Can every layer have that? Here is a dense layer of 8 inputs and 4 outputs: as a product of matrices,
# whose weights state a range each, one for all, or none; and as a convolution of 1 x 1, which computes the
# same.


# %%
dense_w = np.float32(np.random.default_rng(0).normal(0, 1, (8, 4)))
a = np.abs(dense_w).max(axis=0)


def dense(weights, shape=(1, 8)):
    def layer(x):
        x = fake_quant(x, -1, 1)
        y = x @ weights() if len(shape) == 2 else tf.nn.conv2d(x, weights(), 1, "SAME")
        return fake_quant(y, -8, 8)

    return tf.function(layer, input_signature=[tf.TensorSpec(shape)], autograph=False)


def scales_of_weights(layer):
    graph = tflite.read(nets.convert(layer, "int8"))
    return np.size(graph.tensors[graph.operators[0].inputs[1]].scale)


# %% [markdown]
# The converter stumbles over one of the four. Which?

# %%
one_each = dense(lambda: per_filter(dense_w, -a, a, narrow_range=True))
kernel = dense_w.reshape(1, 1, 8, 4)
others = {
    "one for all": dense(lambda: fake_quant(dense_w, -a.max(), a.max(), narrow=True)),
    "none": dense(lambda: dense_w),
    "1 x 1": dense(lambda: per_filter(kernel, -a, a, narrow_range=True), (1, 1, 1, 8)),
}
try:
    nets.convert(one_each, "int8")
except ValueError as error:
    print("a range each:", error)
    assert "mismatched quantized axes" in str(error)
counts = {name: scales_of_weights(layer) for name, layer in others.items()}
print("scales of the weights:", counts)
assert counts == {"one for all": 1, "none": 4, "1 x 1": 4}

# %% [markdown]
# A dense layer whose weights *state* their range must state one for all, or be written as a convolution. If
# they state none, the converter gives each output its own, as after training: but then the graph rounded
# no weights, and is no simulation of that file.
#
# (Depthwise layers take a range for each channel in shape `(h, w, channels)`; reshape to
# `(h, w, channels, 1)` afterwards.)

# %% [markdown]
# ## Act 4: a forgotten quantizer
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
    """A list of bool, one a tensor, to a list of bool, one a layer: it has one entry less.

    >>> my_integer_layers([True, True, False])
    [True, False]
    """
    ### BEGIN SOLUTION
    return [bool(before and after) for before, after in zip(known[:-1], known[1:], strict=True)]
    ### END SOLUTION


# %%
check.integer_layers(my_integer_layers)

# %% [markdown]
# Does the converter follow that rule? Ask it, for all eight ways to place three fake quantizers.

# %%
integer_layers = mine.use(check.integer_layers)
print("image  first  second    integer layers")
for known in itertools.product([True, False], repeat=3):
    made = tflite.read(nets.convert(traced(Forgetful(*known)), "int8", io="float32"))
    floats = {op.index for op in nets.float_operators(made)}
    layers = [op.index not in floats for op in made.operators if op.name == "CONV_2D"]
    print(*(f"{'yes' if each else '-':6}" for each in known), "  ", *layers)
    assert layers == list(integer_layers(known))

# %% [markdown]
# ## Act 5: one too many
#
# A convolution and its ReLU6 are one operator in the file, and nothing is rounded between them. So
# no fake quantizer belongs there. Suppose somebody places one, from -1 to 1, and trains with it.


# %%
class BeforeReLU(Network):
    def at_sum(self, x):
        return fake_quant(x, *BEFORE_RANGE)


assert BEFORE_RANGE == (-1, 1)  # that of the explorer below, too

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
# ## Who says so?
#
# Five placements, each one step from the right one. Three might notice: TensorFlow's converter, this package
# when it is asked for int8, and LiteRT when it loads the file. How many of the five mistakes does each of
# them announce?


# %%
def refuses(network, io):
    try:
        nets.convert(network, "int8", io=io)
    except ValueError:
        return "refuses"
    return "-"


# %% [markdown]
# The converter alone is asked with `io="float32"`, which leaves out this package's check.

# %%
mistakes = {"none behind ReLU6": {"after_relu": False}, "one on each bias": {"bias": True},
            "none on the image": {"image": False}, "asymmetric weights": {"symmetric": False},
            "one before ReLU6": {"before_relu": True}}  # fmt: skip
rows = []
for name, change in {"as it should be": {}, **mistakes}.items():
    wrong, found = two_convolutions(Placement(**change)), explorer.at(**change)
    row = {"placed": name, "float operators": found["float_operators"]}
    row |= {"converter": refuses(wrong, "float32"), "this package": refuses(wrong, "int8")}
    row |= {"LiteRT": "refuses" if any(found["refusals"].values()) else "-"}
    loads = row["LiteRT"] == "-"
    row |= {"off (%)": 100 * found["off"] if loads else None}
    rows.append(row | {"by (steps)": round(found["worst"]) if loads else None})
draw.table(rows, caption="Who announces a wrong placement, and the outputs for one photograph")

# %% [markdown]
# TensorFlow's converter announced none. One file cannot be loaded. This package refuses the three with float
# operators. And one mistake passes everywhere: the one before ReLU6. Only who compares the outputs of the
# file with those of its graph sees it.
#
# (The explorer's network is the one of this lesson, weight by weight.)

# %%
for who, announced in {"converter": 0, "this package": 3, "LiteRT": 1}.items():
    assert sum(row[who] != "-" for row in rows) == announced
nobody = [row for row in rows[1:] if "refuses" not in row.values()]
(last,) = nobody
print(f"announced by nobody: {last['placed']}, off by up to {last['by (steps)']} steps")
assert last["placed"] == "one before ReLU6" and last["off (%)"] > 5 and last["by (steps)"] > 20
assert rows[0]["off (%)"] < 1 and rows[0]["by (steps)"] == 1
for ours, theirs in zip(graph.operators, explorer.at()["graph"].operators[1:3], strict=True):
    own, package = graph.tensors, explorer.at()["graph"].tensors
    np.testing.assert_array_equal(own[ours.inputs[1]].data, package[theirs.inputs[1]].data)

# %% [markdown]
# ## Keep what is yours
#
# What the checks found right goes into `my_qnn.py`, beside the lessons. Later lessons take it from there.

# %%
mine.keep(check)

# %% [markdown]
# ## What you have learned
#
# - A fake quantizer belongs on the input, on weights, after each activation and sum; none on a bias, none
#   inside what the file fuses, none where numbers stay on their grid.
# - With them placed, int8 needs no calibration: every scale of the file is one that you wrote.
# - File and simulation differ in under one percent of the values, by one step: the bias and the rounding.
# - int8 weights need zero point 0: a symmetric range, a narrow grid.
# - A missing range leaves float operators on both sides of it; one too many is dropped. Of five
#   mistakes the converter announced none, LiteRT one.

# %% [markdown]
# ## What to read next
#
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
#   Inference*, 2018, figure 1.1 and section 3: simulated quantization; section 2.3: what zero points
#   cost.
# - R. Krishnamoorthi, *Quantizing deep convolutional networks for efficient inference*, 2018, section
#   3.2.1: where to place the rounding, and why sums and concatenations need care; section 3.2.2: with
#   batch normalisation; section 2.4: the gradient.
# - Google, *LiteRT 8-bit quantization specification*: which zero points int8 tensors may have.
# - Lesson 06 asks how anything can be trained through a staircase; lesson 07 lets one call place all
#   of these fake quantizers in a whole network.
