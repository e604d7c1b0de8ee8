# %% [markdown]
# # 09 Integer-only inference
#
# Everything so far prepared this: a network that computes with integers and nothing else. You will
# derive the arithmetic, follow one number through a layer with pencil and paper, write the multiplication
# that needs no floating point, and hold a whole network against the runtime that phones use. Then you
# will see why two kernels of one runtime disagree, and what comes of it. At the end your own functions
# run the network, and no value differs from LiteRT.
#
# **90 minutes**, 75 without the puzzle. You need lessons 02 to 04. A cell marked *needs LiteRT* or *needs TensorFlow* ends in one
# sentence where that is not installed; go on behind it. All others run without.

# %% [markdown]
# ## What you will learn
#
# - how a layer's real arithmetic becomes a sum of int8 products, a multiplier, and a shift,
# - in which scale a bias is stored, and why in no other,
# - how many bits a multiplier needs, how many an accumulator, and what fits into one register,
# - three ways to round, and who uses which,
# - how a single step of difference grows from layer to layer, until a digit changes its name.

# %%
import numpy as np

import qnn_edu
from qnn_edu import data, draw, engine, nets, tflite
from qnn_edu.core.fixed_point import accumulator_bits, quantize_multiplier, requantize
from qnn_edu.draw import plots
from qnn_edu.lessons import lesson_01, mine
from qnn_edu.lessons import lesson_09 as check
from qnn_edu.missing import require
from qnn_edu.nets import quiet
from qnn_edu.ui import explorers, quiz

# %% [markdown]
# ## From real numbers to integers
#
# A convolution, seen at one place and one channel, is a sum: $y = \sum x\,w + b$. Put in what the
# integers mean, $x = S_x(q_x - Z_x)$, $w = S_w q_w$ (int8 weights have zero point 0), $b = S_b q_b$,
# $y = S_y(q_y - Z_y)$:
#
# $$S_y (q_y - Z_y) = S_x S_w \sum (q_x - Z_x)\, q_w + S_b\, q_b .$$
#
# Choose $S_b = S_x S_w$, and one factor stands before everything. Divide by $S_y$:
#
# $$q_y = Z_y + M \Bigl(\sum (q_x - Z_x)\, q_w + q_b\Bigr), \qquad M = \frac{S_x S_w}{S_y} .$$
#
# All integers, but for $M$. This is equation 4 of Jacob et al. 2018, with a bias.

# %% [markdown]
# Is that how a real file is made? Open the int8 digits network. Every layer with weights has three
# inputs: data, weights, bias. Check the scale of each bias, to the last bit of float32, and look at
# the size of M: one for each output channel.

# %%
file = data.asset("digits_int8.tflite")
graph = tflite.read(file)
layers = [op for op in graph.operators if len(op.inputs) == 3]


def parts(op):
    return [graph.tensors[i] for i in (*op.inputs, *op.outputs)]


def layer_name(op, graph=graph):
    return graph.tensors[op.outputs[0]].short_name.removesuffix("_relu")


multipliers = []
for op in layers:
    x, w, b, y = parts(op)
    np.testing.assert_array_equal(b.scale, x.scale * w.scale)
    multipliers.append(m := np.float64(x.scale) * w.scale / y.scale)
    print(f"{layer_name(op):17} {b.dtype} bias, {m.size:2} times M, {m.min():.5f} to {m.max():.5f}")
    assert 0 < m.min() and m.max() < 1

# %% [markdown]
# M is always well below 1: a sum of many products is spread over thousands of steps, and must come down
# to the 256 of the output.
#
# Must it? One could hand the sums on as they are. Then the next layer multiplies a number of 20 bits by
# weights, and adds those up. Here is how wide its numbers get, layer by layer, if nobody requantizes.
# Where do 32 bits end, and where 64?

# %%
bound, widths = 255, []  # the largest |q_x - Z_x|
for op in layers:
    w = graph.tensors[op.inputs[1]]
    bound *= 127 * (
        w.data.size // w.scale.size
    )  # the largest weight, as often as there are products
    widths.append(1 + bound.bit_length())
    print(f"{layer_name(op):17} {widths[-1]:4} bits")
assert widths[1] <= 32 < widths[2] and widths[4] <= 64 < widths[5]

# %% [markdown]
# So every layer has to come down again, and it does so before it stores anything: 8 bits instead of 32 also
# mean a quarter of the memory, and a next layer that multiplies int8 by int8.
#
# ## The zero point leaves the loop
#
# The inner loop subtracts $Z_x$ from every input. It need not:
#
# $$\sum (q_x - Z_x)\,q_w = \sum q_x q_w - Z_x \sum q_w .$$
#
# The last sum knows nothing of the image. It is computed once and joins the bias. A zero point of the
# *weights* would add a term with $\sum q_x$, new for every window (equation 7 of the paper): one more
# reason why int8 weights have none.

# %%
rng = np.random.default_rng(0)
q_x, q_w, zero_point = rng.integers(-128, 128, 64), rng.integers(-127, 128, 64), -128
inside = ((q_x - zero_point) * q_w).sum()
outside = (q_x * q_w).sum() - zero_point * q_w.sum()
print(f"subtracted inside {inside}, outside {outside}")
assert inside == outside

# %% [markdown]
# ## Exercise 1: one accumulator
#
# Given the inputs and weights of one window (1-D arrays of int8), the zero point of the inputs, and
# the int32 bias, return the whole sum as a Python int. Everything arrives in the types of the file:
# mind what numpy does with int8 times int8. (`check.accumulator.hint()` gives a hint.)


# %%
def my_accumulator(q_x, q_w, zero_point, bias):
    """The sum of (q_x - zero_point) * q_w, and the bias, as a Python int.

    q_x, q_w: int8 arrays of one size (n,). zero_point, bias: ints.

    >>> my_accumulator(np.int8([5, -128]), np.int8([3, 7]), -128, 100)
    499
    """
    ### BEGIN SOLUTION
    x = q_x.astype(np.int32) - zero_point
    return int((x * q_w).sum() + bias)
    ### END SOLUTION


# %%
check.accumulator(my_accumulator)

# %% [markdown]
# ## Exercise 2: the bias in integers
#
# A real bias, one for each channel; the scale of the inputs, the scales of the weights (one for each
# channel), the scale of the output. Return the int32 bias of the file.


# %%
def my_quantized_bias(bias, scale_x, scale_w, scale_y):
    """The bias as the file stores it: an int32 array (channels,).

    bias, scale_w: float arrays (channels,). scale_x, scale_y: floats.

    >>> my_quantized_bias(np.array([0.5, -0.1]), 0.1, np.array([0.02, 0.01]), 0.3)
    array([ 250, -100], dtype=int32)
    """
    ### BEGIN SOLUTION
    return np.round(bias / (scale_x * scale_w)).astype(np.int32)
    ### END SOLUTION


# %%
check.quantized_bias(my_quantized_bias)

# %% [markdown]
# The float file of the same network has the real biases. Quantize them, and compare with the integers
# in the int8 file. `mine.use` takes your function if its check found it right, ours until then, and says
# which. Look at the largest: would it fit into 16 bits?

# %%
integer_bias = mine.use(check.quantized_bias)
real_graph = tflite.read(data.asset("digits_float32.tflite"))
real_layers = [op for op in real_graph.operators if len(op.inputs) == 3]
largest = 0
for op, real_op in zip(layers, real_layers, strict=True):
    x, w, b, y = parts(op)
    real = real_graph.tensors[real_op.inputs[2]].data
    q_b = integer_bias(real.astype(float), float(x.scale), w.scale.astype(float), float(y.scale))
    np.testing.assert_array_equal(q_b, b.data)
    largest = max(largest, np.abs(b.data).max())
print(f"all biases equal; the largest is {largest}")
assert largest > 2**15

# %% [markdown]
# ## One multiplication without floating point
#
# M is a real number, and a small processor has no floats. So write $M = M_0 \cdot 2^{s}$ with
# $\tfrac12 \le M_0 < 1$, and store $M_0$ as a whole number of 31 bits:
#
# $$M = \mathrm{multiplier} \cdot 2^{\,s - 31}, \qquad 2^{30} \le \mathrm{multiplier} < 2^{31} .$$
#
# To multiply is now one product of integers, and one shift to the right. Taking the mantissa between
# 1/2 and 1 matters: without it, a small M would fill only the lower bits of its multiplier. Here is the
# first channel of the first layer.

# %%
m = multipliers[0][0]
mantissa, shift = np.frexp(m)  # m = mantissa * 2**shift
multiplier = int(np.floor(mantissa * 2**31 + 0.5))
print(f"M = {m:.10f} = {mantissa:.6f} * 2**({shift}), multiplier {multiplier}")
assert (multiplier, shift) == quantize_multiplier(m)
assert 2**30 <= multiplier < 2**31

# %% [markdown]
# Why 31 bits? Because an int32 has them. A smaller multiplier would be cheaper still.

# %% jupyter={"source_hidden": true}
quiz(
    "The output is int8. Give the multiplier 8 bits instead of 31. How many outputs of a layer change?",
    {
        "none": "The output has only 256 steps, but each M is off by up to 0.4 %, and an output of "
        "100 steps times 0.4 % is 0.4 of a step.",
        "about 2 in 100": "M is off by at most 1 in 256. That moves large outputs by a fraction of a step, "
        "and a fraction of them lies close enough to a border.",
        "about half": "An error of 0.4 % moves an output of 100 by 0.4 steps at most; most outputs are "
        "smaller and move less.",
    },
    answer="about 2 in 100",
)

# %% [markdown]
# Round all multipliers of the network to n bits, from 2 to 31. The mantissa is at least 1/2 and off by
# at most half of $2^{-n}$, so the relative error is at most $2^{-n}$: a straight line here.

# %%
every_m = np.concatenate(multipliers)
mantissa, shift = np.frexp(every_m)
bits = np.arange(2, 32)
rounded = {n: np.floor(mantissa * 2.0**n + 0.5) * 2.0 ** (shift - n) for n in bits}
error = np.array([rounded[n] / every_m - 1 for n in bits])
draw.show(
    plots.multiplier_error(bits, error),
    "The relative error of every multiplier of the network falls by half with every bit; the worst "
    "channel lies on the line two to the power minus n.",
)
assert (np.abs(error).max(axis=1) <= 2.0**-bits).all()

# %% [markdown]
# What does it do to outputs? Take the first 1 x 1 convolution. Such a layer is a matrix product, so all
# its sums are one line of numpy. Its inputs, for 355 test digits, come from the engine (soon). Compare
# outputs with a multiplier of n bits to outputs with the exact M. Both clamp to int8.

# %%
x_test, y_test = data.digits("test")
q_test = qnn_edu.quantize(x_test, graph.tensors[graph.inputs[0]].params)
tensors = engine.run(graph, q_test, keep=True).tensors

x, w, b, y = parts(layers[2])
q_x = tensors[x.index].reshape(-1, 16).astype(np.int32)
acc = (q_x - x.zero_point) @ w.data.reshape(32, 16).T + b.data


def outputs(m):
    return np.clip(np.round(acc * m) + y.zero_point, -128, 127)


m = multipliers[2]
mantissa, shift = np.frexp(m)
changed = {}
for n in (4, 8, 12, 16, 24, 31):
    of_n_bits = np.floor(mantissa * 2.0**n + 0.5) * 2.0 ** (shift - n)
    changed[n] = (outputs(of_n_bits) != outputs(m)).mean()
    print(f"{n:2} bits: {changed[n]:8.3%} of {acc.size:,} outputs change")
assert 0.015 < changed[8] < 0.025 and changed[24] == changed[31] == 0

# %% [markdown]
# Every bit more about halves it, and at 24 nothing is left to see. 31 bits are more than enough, and they cost
# nothing where the product is 32 x 32 bits anyway.
#
# ## Exercise 3: a multiplier of n bits
#
# Return `(multiplier, shift)`, two Python ints, such that `m` is close to
# `multiplier * 2**(shift - bits)` and `2**(bits - 1) <= multiplier < 2**bits`, rounded to nearest.


# %%
def my_multiplier(m, bits):
    """(multiplier, shift), two ints, with m about multiplier * 2**(shift - bits).

    m: a float above 0. bits: an int.

    >>> my_multiplier(0.3, 4)
    (10, -1)
    """
    ### BEGIN SOLUTION
    mantissa, shift = np.frexp(m)
    whole = int(np.floor(mantissa * 2**bits + 0.5))
    if whole == 2**bits:  # rounded up to the next power of two
        return whole // 2, int(shift) + 1
    return whole, int(shift)
    ### END SOLUTION


# %%
check.multiplier(my_multiplier)

# %% [markdown]
# ## How wide is the accumulator?
#
# The sum must never overflow, whatever image comes. An input less its zero point lies between -255 and
# 255, a weight between -127 and 127. Predict the width of the signed accumulator, in bits.

# %% jupyter={"source_hidden": true}
quiz(
    "How many bits does a 3 x 3 convolution over 3 channels need, and how many a 1 x 1 over 1,024?",
    {
        "16 and 16": "A single product takes 16 already: 255 times 127 is 32,385. Then they are added up.",
        "21 and 26": "16 bits for a product, the sign with it; then log2 of 27 is nearly 5 more, and log2 "
        "of 1,024 is 10 more.",
        "32 and 32": "That is what there is, and more than is needed.",
        "24 and 40": "Adding n products costs log2(n) bits, not a share of n.",
    },
    answer="21 and 26",
)

# %% [markdown]
# `accumulator_bits` takes weights and finds the worst input for them. First the two layers of the quiz,
# with every weight as large as it can be. Then the layers of the digits network twice: with the worst
# weights of that shape, and with the weights they really have.

# %%
for name, shape in {"3 x 3 x 3": (3, 3, 3, 1), "1 x 1 x 1024": (1, 1, 1024, 1)}.items():
    print(f"{name:12} {accumulator_bits(np.full(shape, 127), (-255, 255))} bits")
assert accumulator_bits(np.full((1, 1, 1024, 1), 127), (-255, 255)) == 26

rows = []
for op in layers:
    x, w, _, _ = parts(op)
    weights = np.moveaxis(w.data, w.axis, -1)  # channels last
    reach = (-128 - x.zero_point, 127 - x.zero_point)
    worst = accumulator_bits(np.full(weights.shape, 127), reach)
    real = accumulator_bits(weights, reach)
    products = weights[..., 0].size
    rows.append(
        {"layer": layer_name(op), "products": products, "worst (bits)": worst, "real (bits)": real}
    )
draw.table(rows, caption="Width of the accumulator, before the bias")

# %% [markdown]
# Real weights need a bit or two less than the worst: most are small. The gap between 22 bits and int32 is
# room for a thousand times more products. Would int16 have done? Not every sum exceeds it, but those that
# do wrap around, and come out as something else entirely.

# %%
wrapped = acc.astype(np.int16) != acc
print(f"{wrapped.mean():.1%} of the sums of the 1 x 1 layer overflow 16 bits")
assert all(row["real (bits)"] < row["worst (bits)"] for row in rows)
assert 0.02 < wrapped.mean() < 0.05

# %% [markdown]
# And the product of a sum and a multiplier? With 31 bits it has 64 in all. A chip whose registers end at
# 32 has a **budget**: what the sum does not take is left for the multiplier. Take the sums of the 1 x 1
# layer, bias and all, and give M the rest. How many outputs pay for it?

# %%
to_multiplier = mine.use(check.multiplier)
of_sums = 1 + int(np.abs(acc).max()).bit_length()
left = 32 - of_sums
whole, shift = np.transpose([to_multiplier(float(m), left) for m in multipliers[2]])
products = acc.astype(np.int64) * whole
share = (outputs(whole * 2.0 ** (shift - left)) != outputs(multipliers[2])).mean()
print(f"sums of {of_sums} bits leave {left} for the multiplier: {share:.3%} of outputs change")
assert np.abs(products).max() < 2**31 <= int(np.abs(acc).max()) * 2 ** (left + 1)
assert 0 < share < 0.001

# %% [markdown]
# Hardly any, and each by one step. Sums of 22 bits would leave 10, and of 26 bits 6: the
# wider a layer, the coarser its M. So processors form that one product in 64 bits, or keep its upper half.

# %% [markdown]
# ## With pencil and paper
#
# Now one value, from start to end: test digit 0, first convolution, row 2, column 5, channel 12. Follow
# the numbers: the window and the filter, nine products, their sum, the bias, then the multiplier. A
# shift of -9 means: nine places to the right, after the 31 of the multiplier.

# %%
place = (0, 2, 5, 12)
conv = layers[0].outputs[0]
found = engine.explain(graph, q_test, conv, place)
draw.show(
    plots.explanation(found),
    "Nine inputs times nine weights are nine products; their sum 21354 and the bias 9006 are 30360, "
    "which times M is nearly 50.5; rounded, plus the zero point, it is -77.",
)
print(found)

# %% [markdown]
# The chain again, in Python integers, the sum by your accumulator. There are two roundings: the product with the multiplier is
# brought down by 31 places, rounded to a whole number, and that by nine more, rounded again. Adding half
# of the divisor before a shift is rounding; a bare shift would floor.

# %%
accumulate = mine.use(check.accumulator)
window, weights = (each.ravel().astype(np.int8) for each in (found.inputs, found.weights))
acc_one = accumulate(window, weights, -128, int(found.bias))
high = (acc_one * found.multiplier + 2**30) >> 31
low = (high + 2**8) >> 9
print(f"{acc_one} -> {high} -> {low} -> {low + found.zero_point}")
assert low + found.zero_point == found.value == -77

# %% [markdown]
# That works for positive numbers. Negative ones need care: what happens exactly halfway? The reference
# kernels take a tie of the second step **away from zero**. Half and a shift take every tie up, so
# a negative number is made one smaller before its second shift. This is **double rounding**.
#
# ## Exercise 4: rounded twice
#
# Write both steps for an array of sums, then zero point and clamp. The first step adds half and
# shifts by 31, whatever the sign; only the second looks at it. The product needs 64 bits. `shift` is
# negative, so the second step shifts by `-shift`.


# %%
def my_round_twice(acc, multiplier, shift, zero_point, lo, hi):
    """The output's integers from lo to hi, an array like acc.

    acc: int32 array (n,). multiplier, shift (below 0), zero_point, lo, hi: ints.

    >>> my_round_twice(np.int32([-6, -5, 5, 6]), 2**30, -1, 0, -128, 127)
    array([-2, -1,  2,  2])
    """
    ### BEGIN SOLUTION
    high = (acc.astype(np.int64) * multiplier + (1 << 30)) >> 31
    half = 1 << (-shift - 1)
    whole = (high + half - (high < 0)) >> -shift
    return np.clip(whole + zero_point, lo, hi)
    ### END SOLUTION


# %%
check.round_twice(my_round_twice)

# %% [markdown]
# Hold it against the package for every multiplier of the network, on a hundred thousand sums each. There
# is no zero point here, and a clamp as wide as int32, so that nothing is hidden.

# %%
twice = mine.use(check.round_twice)
acc_any = np.random.default_rng(1).integers(-(2**25), 2**25, 100_000).astype(np.int32)
for m in every_m:
    pair = quantize_multiplier(m)
    own = twice(acc_any, *pair, 0, -(2**31), 2**31 - 1)
    np.testing.assert_array_equal(own, requantize(acc_any, *pair))
print(f"{every_m.size} multipliers, {acc_any.size:,} sums each: no difference")

# %% [markdown]
# And with that a whole layer is done: the sums `acc` of the 1 x 1 convolution, requantized channel by
# channel, for 355 digits. First against the package's engine, which computed its inputs.

# %%
x, w, b, y = parts(layers[2])
pairs = [to_multiplier(float(m), 31) for m in multipliers[2]]
channels = [twice(acc[:, c], *pair, y.zero_point, -128, 127) for c, pair in enumerate(pairs)]
q_y = np.stack(channels, axis=1).reshape(tensors[y.index].shape)
np.testing.assert_array_equal(q_y, tensors[y.index])
print(f"{q_y.size:,} values of {layer_name(layers[2])}, against the engine: no difference")

# %% [markdown]
# Then against LiteRT itself: `run_tflite` is the runtime, here with its reference kernels. (*Needs
# LiteRT.*)

# %% tags=["raises-exception"]
litert = nets.run_tflite(file, q_test, kernels="reference", keep=True).tensors
np.testing.assert_array_equal(q_y, litert[y.index])
print(f"{q_y.size:,} values of {layer_name(layers[2])}, against LiteRT: no difference")

# %% [markdown]
# Look around in the network. Choose a layer; then a channel, row and column of its output. In a corner,
# look at the padding: those inputs are -128, the zero point, so their products are 0. In `dense`, 64
# products make one score. Find an output that is clamped.

# %%
explorer = explorers.trace("conv")
explorer

# %% [markdown]
# ReLU costs nothing here. With zero point -128, a negative number lies below -128, and the clamp to int8
# is the ReLU.

# %%
corner = explorer.at(layer="conv", digit=0, channel=3, row=0, column=0)["explained"]
clamped = explorer.at(layer="conv", digit=0, channel=5, row=3, column=3)["explained"]
print("corner:", *corner.inputs.ravel(), "-> products", *corner.products.ravel())
print(f"clamped: {clamped.rounded} + {clamped.zero_point} becomes {clamped.value}")
assert not corner.products[0].any() and clamped.rounded < 0 and clamped.value == -128

# %% [markdown]
# ## Exercise 5: rounded once
#
# Some newer code shifts only once: add half, shift by all places, and ties go **up**. Write that, with zero
# point and clamp. `acc` is an int32 array, whose product with the multiplier needs 64 bits; `shift` is 0 or
# negative; return integers between `lo` and `hi`.


# %%
def my_round_once(acc, multiplier, shift, zero_point, lo, hi):
    """The output's integers from lo to hi, an array like acc.

    acc: int32 array (n,). multiplier, shift (0 or below), zero_point, lo, hi: ints.

    >>> my_round_once(np.int32([-6, -5, 5, 6]), 2**30, -1, 0, -128, 127)
    array([-1, -1,  1,  2])
    """
    ### BEGIN SOLUTION
    places = 31 - shift
    half = 1 << (places - 1)
    whole = (acc.astype(np.int64) * multiplier + half) >> places
    return np.clip(whole + zero_point, lo, hi)
    ### END SOLUTION


# %%
check.round_once(my_round_once)

# %% [markdown]
# ## A whole network in integers
#
# `engine.run` does this for all operators of the file, in numpy, in code that you can
# read. It imports no runtime. LiteRT has three sets of kernels: `reference`, plain loops; `optimized`,
# vectorised; and `xnnpack`, which it takes by default. The engine knows the rounding of each. Hold
# every tensor against LiteRT: 355 digits, all three. (*Needs LiteRT.*)

# %% tags=["raises-exception"]
for kernels in engine.KERNEL_SETS:
    ours = engine.run(graph, q_test, kernels=kernels, keep=True).tensors
    theirs = nets.run_tflite(file, q_test, kernels=kernels, keep=True).tensors
    computed = [i for op in graph.operators for i in op.outputs]
    for i in computed:
        np.testing.assert_array_equal(ours[i], theirs[i])
    values = sum(ours[i].size for i in computed)
    right = (ours[graph.outputs[0]].argmax(axis=1) == y_test).mean()
    print(f"{kernels:9} {values:,} values in {len(computed)} tensors: 0 differ; {right:.2%} right")

# %% [markdown]
# What is simulated here, and what is not? LiteRT is the real runtime, on this machine. The engine
# simulates it: its integer sums run through numpy's float products, which are exact as long as they stay
# below $2^{24}$ (or $2^{53}$), and most requantization through float32, where that provably rounds alike.
# Nor is LiteRT free of floats: XNNPACK multiplies by a float32 M, and the reference kernel of a dense
# layer with a scale for each channel by a float64 M. The *sums* are integers everywhere, and so is what is
# stored. On a chip without floats, only integer rules remain. (We measured on x86 processors only.)

# %% [markdown]
# ## Three ways to round
#
# - **double**: twice, as above. `reference` (and `optimized`, but for ties).
# - **single**: once, ties up.
# - **float32**: the sum times M in float32, ties to even. `xnnpack`.

# %% jupyter={"source_hidden": true}
quiz(
    "An accumulator of 1 times M = 0.25 is 0.25. What does double rounding make of it?",
    {
        "0": "That is the nearest integer, and what single rounding gives. But there are two steps.",
        "1": "0.25 is 1/2 in steps of a half. The first rounding makes that a whole step, and the second "
        "takes a half to 1.",
        "it depends on the sign": "It does: -1 gives 0. But the question was about +1.",
    },
    answer="1",
)

# %% [markdown]
# Try all three rules on small sums. Look at the ties, 0.5 and 1.5, and at the quarters.

# %%
sums = np.arange(-6, 7, dtype=np.int32)
print("exact   ", *(f"{v:5.2f}" for v in sums / 4))
by_rule = {}
for rule in ("double", "single", "float32"):
    by_rule[rule] = requantize(sums, *quantize_multiplier(0.25), rounding=rule)
    print(f"{rule:8}", *(f"{v:5d}" for v in by_rule[rule]))
assert by_rule["double"][7] == 1 and by_rule["single"][7] == 0
own = mine.use(check.round_once)(sums, *quantize_multiplier(0.25), 0, -128, 127)
np.testing.assert_array_equal(own, by_rule["single"])
assert by_rule["single"][4] == 0 and by_rule["double"][4] == -1 and by_rule["float32"][8] == 0

# %% [markdown]
# Now over the whole range of int8. Start with M = 0.25: the squares are ties, the crosses are sums
# whose nearest integer was missed. Make M smaller: the first step of double rounding gets finer, and
# crosses get rare. Choose `single`, then `float32`: none are left. Then lower the bits of the multiplier
# to 8: the error leans, and large numbers go astray.

# %%
explorer = explorers.requantize()
explorer

# %% [markdown]
# Have you seen that at M = 0.25 every cross stands at a positive sum? The quarters are ties of the
# *first* step, and half and a shift take these up. So 0.25 moves away from zero, onto 0.5, and the second
# step takes it on to 1: missed. -0.25 moves up too, but towards zero, onto 0: right. For any other M hardly
# a sum is a tie of the first step. It goes to the nearest, alike on both sides. Is that so?

# %%
by_sign = {}
for m in (0.25, 0.203, 0.0507):
    misses = explorer.at(m=m, bits=31, rounding="double")
    wrong, exact = misses["wrong"], misses["exact"]
    by_sign[m] = (int(wrong[exact < 0].sum()), int(wrong[exact > 0].sum()))
    print(f"M = {m:.4f}: {by_sign[m][0]:3} misses at negative sums, {by_sign[m][1]:3} at positive")
assert by_sign == {0.25: (0, 128), 0.203: (79, 79), 0.0507: (79, 79)}

# %% [markdown]
# So it was the quarter, not the rule. In a layer with ReLU you meet the positive ones alone: the
# others are clamped.
#
# In numbers. The shift says how fine the first step is: with `-k`, it leaves k binary places, and about
# one sum in $2^{k+1}$ is rounded onto a tie, and from there the wrong way.

# %%
for m in (0.203, 0.0507, 0.0083, 0.0021):
    share = {r: explorer.at(m=m, bits=31, rounding=r)["wrong"].mean() for r in by_rule}
    k = -quantize_multiplier(m)[1]
    words = ", ".join(f"{rule} {value:.3%}" for rule, value in share.items())
    print(f"M = {m:.4f}, k = {k}: {words}")
    assert share["single"] == share["float32"] == 0
    assert 0.2 < share["double"] * 2 ** (k + 1) < 2

# %% [markdown]
# So that is what 50.5 was, in our pencil example. Exactly it was 50.499; the first rounding made it
# 25856 steps of 1/512, which is 50.5, and the second went up to 51. Whoever rounds once gets 50. Ask
# the real runtime for that very value. (*Needs LiteRT.*)

# %% tags=["raises-exception"]
for kernels in ("reference", "xnnpack"):
    out = nets.run_tflite(file, q_test[:1], kernels=kernels, keep=True).tensors[conv]
    print(f"LiteRT, {kernels:9} {out[place]}")
    assert out[place] == found.rules[{"reference": "double", "xnnpack": "float32"}[kernels]]
print(found.rules)
assert found.rules["double"] == found.rules["single"] + 1

# %% [markdown]
# ## The snowball
#
# One value in a thousand, off by one step: who cares? The next layer adds up many of them.
# `first_difference` runs the network under two sets of kernels and compares layer by layer.

# %% jupyter={"source_hidden": true}
quiz(
    "reference against xnnpack: 0.08 % of the first layer's values differ, by one step. And of the "
    "scores at the end?",
    {
        "still about 0.08 %": "Each value of the next layer sees many of the one before; a single "
        "difference reaches them all.",
        "about 1 %": "That was passed after three layers.",
        "about a fifth": "Each layer hands on what came in, and adds its own roundings.",
        "all of them": "Most differences are much smaller than half a step, and are rounded away.",
    },
    answer="about a fifth",
)

# %% [markdown]
# Run it on all 355 test digits. Each bar is the share of values that differ; read the largest
# difference too.

# %%
parting = engine.first_difference(graph, q_test, "reference", "xnnpack")
draw.show(
    plots.snowball(parting.rows),
    "Share of values that differ between two kernel sets in each layer of the digits network: from "
    "0.08 percent in the first convolution to about a fifth in the scores.",
)
share = {row.name: row.share for row in parting.rows}
print(f"first: {parting.first.name}; of {parting.images} predictions {parting.predictions} change")
assert share["conv_relu"] < 0.001 and 0.15 < share["dense"] < 0.25 and parting.predictions == 0

# %% [markdown]
# What comes out at the end? Most answers are clear, and softmax makes them 0 or 1 under any kernels. But
# look at the largest difference in a probability, in steps of 1/256, for both other sets of kernels.

# %%
out = {k: engine.run(graph, q_test, kernels=k).outputs[0].astype(int) for k in engine.KERNEL_SETS}
for kernels in ("optimized", "xnnpack"):
    gap = np.abs(out[kernels] - out["reference"])
    print(
        f"{kernels:9} {(gap > 0).mean():.2%} of probabilities differ, by {gap.max()} steps at most"
    )
assert gap.max() == 13 and 0 < (gap > 0).mean() < 0.01

# %% [markdown]
# Thirteen steps, 5 %, for a digit in doubt. A model file does not fix its outputs to the last bit: the
# kernels have a say. (*optimized* takes ties of negative sums up; behind a ReLU nobody sees them.)
#
# And a deeper network: ResNet-8, trained on CIFAR-10, made int8 here. CIFAR-10 is not on board, so it
# looks at patches of our photographs, 32 x 32 pixels each. It has no good answer for most; we ask only
# whether two sets of kernels give the same one. *This takes some 15 seconds.* (*Needs TensorFlow and
# scikit-image.*)

# %% tags=["nbval-ignore-output", "raises-exception"]
resnet = nets.load_model(data.asset("resnet8_cifar10.keras"))
photos = np.stack([data.photo(name, size=256) for name in data.PHOTOS])
patches = photos.reshape(-1, 8, 32, 8, 32, 3).swapaxes(2, 3).reshape(-1, 32, 32, 3)
x_patches = patches[::4] / np.float32(255)

deep = tflite.read(nets.convert(resnet, "int8", calibration=x_patches[::2]))
q_patches = qnn_edu.quantize(x_patches, deep.tensors[deep.inputs[0]].params)
parting = engine.first_difference(deep, q_patches, "reference", "xnnpack")
draw.show(
    plots.snowball(parting.rows),
    "The same for ResNet-8: from under 0.1 percent in the first convolution to two fifths of the "
    "scores.",
)
first, scores = parting.rows[0], parting.rows[-2]
print(f"{parting.predictions} of {parting.images} predictions change; values that differ:")
print(f"{first.share:.2%} in {first.name}, {scores.share:.1%} in {scores.name}")
print(f"the largest of them: {scores.largest} LSB")

# %% [markdown]
# Same file, same images, same runtime: now some predictions change, because their two best scores lay
# close together. Neither set of kernels is more right. (*Needs the cell above.*)

# %% tags=["raises-exception"]
require("tensorflow", "skimage")
assert parting.first is first and parting.predictions > 0
assert first.share < 0.001 and scores.share > 0.25 and scores.largest <= 4

# %% [markdown]
# The bars do not only grow. At the three sums, where a shortcut joins (`stage1_block1` and so on), fewer
# values differ than in the convolution that is added (`conv2_norm`), but by more steps. Follow the places
# where an input differs: what becomes of them? And does a sum add differences of its own, where both
# inputs are equal? (28 patches. *Needs the same.*)

# %% tags=["nbval-ignore-output", "raises-exception"]
require("tensorflow", "skimage")
a = engine.run(deep, q_patches[::4], kernels="reference", keep=True).tensors
b = engine.run(deep, q_patches[::4], kernels="xnnpack", keep=True).tensors
at_sums = []
for op in deep.operators:
    if op.name == "ADD":
        *ins, out = op.inputs + op.outputs
        came = np.any([a[i] != b[i] for i in ins], axis=0)
        went, zero = a[out] != b[out], deep.tensors[out].zero_point
        hidden = (a[out] == zero) & (b[out] == zero)
        finer = max(deep.tensors[i].scale for i in ins) / deep.tensors[out].scale
        shares = hidden[came].mean(), went[came].mean(), went[~came].mean()
        at_sums.append((*shares, finer))
        print(f"{layer_name(op, deep)}: where an input differs, {shares[0]:.0%} become zero, "
              f"{shares[1]:.0%} differ; elsewhere {shares[2]:.4%} differ. "
              f"One step in is {finer:.1f} steps out.")  # fmt: skip

# %% [markdown]
# So a sum makes next to no differences, it hides some: its ReLU makes every negative value zero, under both
# sets of kernels alike. What it lets through is larger, since the output's steps are finer than an input's:
# one step becomes two. (*Needs the cell above.*)

# %% tags=["raises-exception"]
require("tensorflow", "skimage")
hidden, went, new, finer = np.transpose(at_sums)
assert hidden.min() > 0.2 and np.allclose(hidden + went, 1, atol=0.02)
assert new.max() < 1e-4 and finer.min() > 1.5

# %% [markdown]
# ## One LSB becomes another class
#
# The digits network is surer of itself. To find a close decision, show it more: every digit of the data
# set in five positions, as it is and moved by a pixel. Search for images whose name depends on the
# kernels.


# %%
def moved(x, down, right):
    """`x` (n, 8, 8, 1) moved by up to one pixel, zeros where nothing was."""
    framed = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return framed[:, 1 - down : 9 - down, 1 - right : 9 - right]


x_all, y_all = data.digits("all")
takes = graph.tensors[graph.inputs[0]].params
divided = []
for down, right in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
    q = qnn_edu.quantize(moved(x_all, down, right), takes)
    scores = [engine.run(graph, q, kernels=k).outputs[0] for k in ("reference", "xnnpack")]
    names = [each.argmax(axis=1) for each in scores]
    divided += [(k, down, right) for k in np.flatnonzero(names[0] != names[1]).tolist()]
print(f"of {5 * len(x_all):,} images: {divided}")
assert divided == [(836, 0, -1)]

# %% [markdown]
# A single one: digit 836, a 3, moved to the left by one pixel. Look at its ten scores, in steps, under
# both sets of kernels, and at which is the largest.

# %%
q = qnn_edu.quantize(moved(x_all, 0, -1)[836:837], takes)
scores = {}
for kernels in ("reference", "xnnpack"):
    result = engine.run(graph, q, kernels=kernels, keep=True)
    scores[kernels] = result.tensors[layers[-1].outputs[0]][0]
    print(f"{kernels:9}", *(f"{v:4d}" for v in scores[kernels]), " ->", scores[kernels].argmax())
draw.show(
    plots.images(
        moved(x_all, 0, -1)[836:837], ["a 3, or an 8?"], ax=draw.style.figure(2, 2).add_subplot()
    ),
    "A handwritten 3 at the left edge of its image.",
)
off = np.abs(scores["reference"].astype(int) - scores["xnnpack"])
assert off.max() == 1 and scores["reference"].argmax() == y_all[836] == 3
assert scores["xnnpack"].argmax() == 8 and scores["reference"][3] == scores["reference"][8]

# %% [markdown]
# No score moved by more than one step. Under `reference` the 3 and the 8 are level, and the first in the
# list wins; under `xnnpack` the 8 is one step ahead. One LSB, another class.
#
# Such flips are rare and hit both ways: neither set of kernels is better. But a test that compares your
# chip with your laptop, value by value, will fail, and now you know where to look first: at the rounding.

# %% [markdown]
# ## A public puzzle
#
# *You may leave this part out: nothing behind it needs it.*
#
# In autumn 2025 somebody asked TensorFlow's developers in public ("Understanding the math behind TFLite
# quantization"): for one value of an EfficientNet, TFLite gives -120, and my Python, written after its
# source, gives -119. Here are the numbers of that question: three scales, a sum of 585, a zero point
# of -126.

# %%
S_x, S_w, S_y = np.float32([0.05296124517917633, 0.024093778803944588, 0.11484327912330627])
m = float(S_x) * float(S_w) / float(S_y)
print(f"585 * M = {585 * m:.9f}")
for rule in by_rule:
    print(f"{rule:8} {requantize(585, *quantize_multiplier(m), rounding=rule) - 126}")

# %% [markdown]
# All say -119, since 6.50000047 is above the tie. Even our float32 rule. Yet TFLite said -120. Have you
# an idea?

# %% jupyter={"source_hidden": true}
quiz(
    "Where does the -120 come from?",
    {
        "a bug in the kernel": "Each step is as documented. Look at how M itself is made.",
        "single rounding": "It rounds 6.50000047 up as well. It was guessed in public, too.",
        "M was made in float32": "S_x S_w / S_y, each step rounded to float32, is a hair smaller. Times 585 "
        "it is 6.5 exactly, and a tie goes to the even 6.",
        "another zero point": "It is -126 in both.",
    },
    answer="M was made in float32",
)

# %% [markdown]
# XNNPACK multiplies and divides the scales in float32 too. The last bit of M decides.

# %%
m32 = S_x * S_w / S_y
exact_tie = np.float32(585) * m32
print(f"M in float32 {float(m32):.12f}, in float64 {m:.12f}; 585 * M = {exact_tie}")
answer = int(np.rint(exact_tie)) - 126
print("answer", answer)
assert exact_tie == 6.5 and answer == -120

# %% [markdown]
# That explains it on paper. To be sure, build the layer: a 1 x 1 convolution over two channels with the
# puzzle's scales, whose ranges we dictate. The weights are 127 and 45, the inputs 0 and 13 steps above
# the zero point: 13 times 45 is 585. Then ask LiteRT. (*Needs TensorFlow*, which takes some seconds to
# load, *and LiteRT.*)

# %% tags=["raises-exception"]
keras = quiet.load_keras()
image = keras.Input((1, 1, 2))
one = keras.layers.Conv2D(1, 1)
network = keras.Model(image, one(image))
one.set_weights([np.reshape(np.float32([127, 45]) * S_w, (1, 1, 2, 1)), np.zeros(1)])

calibrated = nets.calibrate(network, np.zeros((1, 1, 1, 2), np.float32))
ends = tflite.read(calibrated)
ranges = {
    ends.inputs[0]: (-0.21184498, 13.293272),  # -4 and 251 steps of S_x
    ends.outputs[0]: (-2 * float(S_y), 253 * float(S_y)),
}
puzzle = nets.quantize_calibrated(calibrated, ranges=ranges)
scales = [np.ravel(t.scale)[0] for t in tflite.read(puzzle).tensors if t.dtype == np.int8]
assert scales == [S_x, S_w, S_y]

# %% [markdown]
# The file has the three scales to the last bit. Three sets of kernels, one value: (*Needs both.*)

# %% tags=["raises-exception"]
require("tensorflow", "ai_edge_litert")
q = np.int8([-124, -124 + 13]).reshape(1, 1, 1, 2)
said = {}
for kernels in engine.KERNEL_SETS:
    said[kernels] = int(nets.run_tflite(puzzle, q, kernels=kernels).outputs[0].item())
    ours = int(engine.run(tflite.read(puzzle), q, kernels=kernels).outputs[0].item())
    print(f"{kernels:9} LiteRT {said[kernels]}, our engine {ours}")
    assert ours == said[kernels]
assert said == {"reference": -119, "optimized": -119, "xnnpack": -120}

# %% [markdown]
# Nobody was wrong. The Python followed the reference kernels; an interpreter takes XNNPACK unless told
# otherwise.

# %% [markdown]
# ## Your own integers
#
# The last step of this first part of the course: the network, run by your five functions. The file gives
# weights and scales. Your bias, your sums, your multipliers and your two roundings make all the rest.
#
# What is missing is the place of a window. `windows` cuts them out, with a frame of zero points where a
# window reaches over the edge. A mean needs nothing new: it is a depthwise layer with weights of 1
# and the scale 1/16. `all_sums` hands every window and every filter to your accumulator.


# %%
def windows(q, kernel, stride, zero_point):
    """What every window of q (n, h, w, c) sees: (n, rows, columns, c, kernel, kernel)."""
    rows = -(-q.shape[1] // stride)
    lacking = max((rows - 1) * stride + kernel - q.shape[1], 0)
    frame = (lacking // 2, lacking - lacking // 2)
    q = np.pad(q, ((0, 0), frame, frame, (0, 0)), constant_values=zero_point)
    seen = np.lib.stride_tricks.sliding_window_view(q, (kernel, kernel), axis=(1, 2))
    return seen[:, ::stride, ::stride]


def all_sums(seen, weights, bias, zero_point, depthwise):
    """(windows, channels): your accumulator, window by window and channel by channel."""
    filters = np.moveaxis(weights, 3, 1).reshape(len(bias), -1)
    each = np.moveaxis(seen, 3, 0) if depthwise else [seen] * len(bias)
    return np.int32([
        [accumulate(window, one, zero_point, b) for window in of_channel.reshape(-1, one.size)]
        for of_channel, one, b in zip(each, filters, np.asarray(bias).tolist(), strict=True)
    ]).T  # fmt: skip


# %% [markdown]
# These are the five. `biases` are the real ones of the float file, by the layer that has them.

# %%
exercises = [getattr(check, each) for each in check.__all__]
functions = accumulate, integer_bias, to_multiplier, twice, once = [*map(mine.use, exercises)]
biases = {
    op.outputs[0]: real_graph.tensors[real_op.inputs[2]].data.astype(float)
    for op, real_op in zip(layers, real_layers, strict=True)
}

# %% [markdown]
# Now a layer. Convolutions round twice. The dense layer at the end rounds once: there
# LiteRT's reference kernel multiplies by a float64 M, which has no second rounding, as you have read above.
# Find the five places where a function of yours is called.


# %%
def my_layer(op, q):
    x, w, y = (graph.tensors[i] for i in (*op.inputs[:2], *op.outputs))
    dense, stride = op.name == "FULLY_CONNECTED", op.options.get("stride_w", 1)
    weights, scale_w = w.data, w.scale
    if op.name == "MEAN":
        weights, scale_w = np.ones((1, *x.shape[1:]), np.int8), np.full(x.shape[3], 1 / 16)
        stride = x.shape[1]
    if dense:
        weights, q = weights[:, None, None], q[:, None, None]
    real, scales = biases.get(y.index, np.zeros(len(scale_w))), scale_w.astype(float)
    bias = integer_bias(real, float(x.scale), scales, float(y.scale))
    seen = windows(q, weights.shape[1], stride, x.zero_point)
    acc = all_sums(seen, weights, bias, x.zero_point, op.name in ("DEPTHWISE_CONV_2D", "MEAN"))
    rounded, m = once if dense else twice, float(x.scale) * scales / float(y.scale)
    pairs = [to_multiplier(each, 31) for each in m.tolist()]
    out = [rounded(a, *pair, y.zero_point, -128, 127) for a, pair in zip(acc.T, pairs, strict=True)]
    return np.transpose(out).astype(np.int8).reshape(len(q), *y.shape[1:])


# %% [markdown]
# Fifty test digits, made into int8 by your function of lesson 01, then layer after layer, up to the ten
# scores. Every value in between is kept. *This takes some seconds*: the accumulator is called nearly
# 400,000 times.

# %%
takes = graph.tensors[graph.inputs[0]]
to_int8, grid = mine.use(lesson_01.model_input), (float(takes.scale), int(takes.zero_point))
q_in = np.stack([to_int8(image, *grid) for image in x_test[:50, :, :, 0]])[..., None]
q, own = q_in, {}
for op in graph.operators[:-1]:
    q = own[op.outputs[0]] = my_layer(op, q)
right = (q.argmax(axis=1) == y_test[:50]).sum()
print(f"{right} of {len(q)} digits right")
assert right == 50

# %% [markdown]
# Right answers prove little: XNNPACK gave the same, with a fifth of the scores off by a step. So hold every
# value of every layer against the package's engine. Whose functions were they?


# %%
def differing(theirs):
    return sum(np.sum(values != theirs[i]) for i, values in own.items())


ours = [each.name for each, f in zip(exercises, functions, strict=True) if f is each.solution]
whose = f"ours, until yours is right ({', '.join(ours)}):" if ours else "your own integers,"
count = sum(values.size for values in own.values())
apart = differing(engine.run(graph, q_in, keep=True).tensors)
print(f"{whose} {apart} of {count:,} values differ from the engine")
assert apart == 0

# %% [markdown]
# And against the runtime that phones use, the very same file, the very same digits. (*Needs LiteRT.*)

# %% tags=["raises-exception"]
apart = differing(nets.run_tflite(file, q_in, kernels="reference", keep=True).tensors)
print(f"{whose} {apart} of {count:,} values differ from LiteRT")
assert apart == 0

# %% [markdown]
# ## Keep what is yours
#
# `mine.keep` stores what your checks found right in `my_qnn.py`, beside the lessons. With that of the
# lessons before, it is a small quantization package of your own. What comes next:
# [lesson 10](10_your_own_network.ipynb), a network that nobody here has seen, and then yours.

# %%
mine.keep(check)

# %% [markdown]
# ## What you have learned
#
# - A layer is a sum of int8 products in int32, a bias in the scale $S_x S_w$, and one factor M, which
#   brings it down to 8 bits.
# - M becomes a normalised multiplier and a shift. From 24 bits on no output noticed the difference.
# - An accumulator needs 16 bits and log2 of the number of products. The rest of a register is the
#   multiplier's.
# - Double, single and float32 rounding differ near ties. Each set of kernels has its own.
# - A difference of one step grows from layer to layer.
# - All of it fits into five short functions, equal to LiteRT to the bit.

# %% [markdown]
# ## What to read next
#
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
#   Inference*, 2018, sections 2.2 to 2.4: this lesson's arithmetic, by those who made it.
# - M. Nagel et al., *A White Paper on Neural Network Quantization*, 2021, section 2: accumulators and
#   requantization from the view of the hardware.
# - Google, *LiteRT 8-bit quantization specification*: types, zero points and ranges of every operator.
# - The gemmlowp project, *Low-precision matrix multiplication*, in its documentation: how the inner loop
#   and the zero points are arranged.
# - The code: `qnn_edu/core/fixed_point.py`, then `qnn_edu/engine/kernels/conv.py`. Both fit on a few pages.
# - Your own `.tflite`: `qnn-edu inspect model.tflite` begins with whether the engine takes it.
