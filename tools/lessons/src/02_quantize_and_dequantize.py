# %% [markdown]
# # 02 Quantize and dequantize
#
# A phone that runs a neural network in 8-bit integers replaces nearly every real number by a whole
# number from -128 to 127. This lesson is about that one step, there and back, and about what it costs.
#
# **55 minutes.** You need a little numpy. What you wrote in lesson 01 is used here, and where you wrote
# nothing, ours. TensorFlow is not loaded.

# %% [markdown]
# ## What you will learn
#
# - the affine map between real numbers and integers, and how to get its two parameters,
# - why the number 0 has to survive exactly, and what it costs if it does not,
# - how large the error is, before you measure it,
# - what each bit buys.

# %%
import numpy as np

import qnn_edu
from qnn_edu import data, draw, metrics, params_from_range, tflite
from qnn_edu.draw import plots
from qnn_edu.lessons import lesson_01, mine
from qnn_edu.lessons import lesson_02 as check
from qnn_edu.ui import explorers, quiz

# %% [markdown]
# ## The smallest picture
#
# Twenty-five real numbers, and only 2 bits to store each. Two bits make four whole numbers: -2, -1,
# 0 and 1. The picture shows the numbers, the integers that stand for them, what comes back, and the
# difference. Look for the largest error in the last square: is it above or below half a step?

# %%
x = np.random.default_rng(7).normal(0, 1, (5, 5)).round(2)
small = params_from_range(x.min(), x.max(), bits=2)
q = qnn_edu.quantize(x, small)
back = qnn_edu.dequantize(q, small)

ax = plots.matrices({"x (real)": x, "q (2 bits)": q, "back again": back, "error": back - x})
ax.figure.set_size_inches(9, 2.6)
draw.show(
    ax, "Four squares of numbers: 25 real values, their 2-bit codes, the values back, the error."
)
print(f"one step is {small.scale:.2f} wide, the largest error is {np.abs(back - x).max():.2f}")

# %% [markdown]
# ## The affine map
#
# Four levels at equal distances need two numbers to describe them: how far apart they are (the
# **scale**) and which integer stands for 0.0 (the **zero point**):
#
# $$x = \text{scale} \cdot (q - \mathrm{zero\_point})$$
#
# Everything in this course follows from that line. `q` lies on a grid from `qmin` to `qmax`: -128
# to 127 for signed 8 bits, 0 to 255 for unsigned.

# %%
print(small)
print("levels:", qnn_edu.dequantize(np.arange(small.qmin, small.qmax + 1), small).round(3))

# %% [markdown]
# Predict before you go on. Choose an answer, lock it in, and only then run the cells below it.

# %% jupyter={"source_hidden": true}
quiz(
    "A range from -1 to 1, unsigned 8 bits: `q` runs from 0 to 255. How wide is one step?",
    {
        "1/256": "From -1 to 1 is 2 wide, and there are fewer steps than levels.",
        "2/256": "There are 256 levels; count the steps between them.",
        "1/255": "255 steps, yes, but from -1 to 1 is 2 wide.",
        "2/255": "255 steps lie between 256 levels, and together they are 2 wide.",
    },
    answer="2/255",
)

# %% [markdown]
# ## Why zero must be exact
#
# Now the zero point of that range. The level that stands for 0.0 should be `qmin - lo / scale`,
# because `lo` sits at `qmin`. Compute it as it stands, round only when storing, and look at what
# happens to 0.0.

# %%
lo, hi, qmin, qmax = -1.0, 1.0, 0, 255
scale = (hi - lo) / (qmax - qmin)
float_zero_point = qmin - lo / scale
q_of_zero = np.round(0.0 / scale + float_zero_point)
zero_again = scale * (q_of_zero - float_zero_point)

print("zero point:", float_zero_point)
print("0.0 is stored as", q_of_zero, "and comes back as", round(zero_again, 4))
assert float_zero_point == 127.5 and round(zero_again, 4) == 0.0039

# %% [markdown]
# The zero point is 127.5, half way between two integers, and 0.0 comes back as 0.0039: half a step
# wrong. For most numbers that is the usual price. For zero it is not, because zero is everywhere. A
# convolution pads its borders with zeros, and ReLU makes zeros of half of all activations. If zero
# leaks 0.0039, then every border and every silent neuron adds the same small lie, in the same
# direction, and a sum over thousands of them does not average out. (After ReLU itself a range starts
# at 0, which is then a level. Every other range has to be moved.) What the lie costs, you
# measure below.

# %% [markdown]
# So the zero point is rounded to an integer, and the range moves a little to follow it. This is
# called **nudging**. (127.5 is itself a tie. In float32, which the package and TensorFlow use here,
# the quotient is 127.49999, so it goes down.) Compare the range asked for with the one that came out.

# %%
print("in float32:", np.float32(1) / np.float32(scale))
nudged = params_from_range(lo, hi, signed=False)
print(nudged)
print(f"asked for [{lo}, {hi}], got [{nudged.lo:.4f}, {nudged.hi:.4f}]")
assert nudged.zero_point == 127
assert qnn_edu.dequantize(qnn_edu.quantize(0.0, nudged), nudged) == 0.0

# %% [markdown]
# ## Exercise 1: scale and zero point
#
# Write the function that turns a range into a scale and a whole zero point. `lo` is at most 0 and
# `hi` at least 0. The check below runs it on several ranges. If it fails, read what it says; if you are
# stuck, `check.scale_and_zero_point.hint()` gives a first hint, `hint(2)` a stronger one.


# %%
def my_scale_and_zero_point(lo, hi, qmin, qmax):
    """The scale and the zero point of a range.

    lo, hi: real numbers, the ends of the range. qmin, qmax: integers, the ends of the grid.
    Gives two numbers: the scale, a real number, and the zero point, an integer.

    >>> my_scale_and_zero_point(-1.0, 2.0, 0, 3)
    (1.0, 1)
    """
    ### BEGIN SOLUTION
    scale = (hi - lo) / (qmax - qmin)
    zero_point = round(qmin - lo / scale)
    return scale, zero_point
    ### END SOLUTION


# %%
check.scale_and_zero_point(my_scale_and_zero_point)

# %% [markdown]
# ## What a leak costs
#
# One zero that is off by 0.0039 is no worse than any other rounded number. But a convolution adds up:
# weight times input, over all taps of a filter. Rounding errors point up and down, so they partly
# cancel in such a sum. Leaks all point the same way.

# %% jupyter={"source_hidden": true}
quiz(
    "All weights are 1, and a sum gets 100 times as many taps. How many times larger are its errors?",
    {
        "rounding 100, leak 100": "Rounding errors have both signs. In a sum, many of them cancel.",
        "rounding 10, leak 10": "So grow errors that know nothing of each other, by the root of "
        "their number. Leaks are all the same.",
        "rounding 10, leak 100": "Independent errors grow by the root of their number, equal ones by "
        "their number.",
        "both stay as they are": "A mean would stay, or shrink. A convolution adds.",
    },
    answer="rounding 10, leak 100",
)

# %% [markdown]
# ## Exercise 2: what a leaking zero costs
#
# Compute it for any filter. `x` holds the inputs under the filter, `w` its weights. Every `x` that is
# exactly 0 comes back as `zero`. By how much does that change the sum of `x * w`?
# (`check.leak.hint()` gives a hint.)


# %%
def my_leak(x, w, zero):
    """By how much the sum of x * w changes where each 0 in x comes back as `zero`.

    x, w: real numbers, arrays of one shape. zero: a real number.
    Gives a real number.

    >>> float(my_leak(np.array([0.0, 5.0, 0.0]), np.array([3.0, 1.0, -1.0]), 0.5))
    1.0
    """
    ### BEGIN SOLUTION
    return zero * np.sum(w[x == 0])
    ### END SOLUTION


# %%
check.leak(my_leak)

# %% [markdown]
# Now hold `leak` against what happens. The place is the corner of an image, where five of the nine
# taps of a 3 x 3 filter lie on padding, in each channel. The other four get random inputs between
# -1 and 1. `error` quantizes with any zero point, whole or not, and sums up what went wrong.
# `whole` is the zero point that exercise 1 gives.

# %%
leak = mine.use(check.leak)
_, whole = mine.use(check.scale_and_zero_point)(lo, hi, qmin, qmax)


def corner(channels, rng):
    x = rng.uniform(lo, hi, (3, 3, channels))
    x[0] = x[:, 0] = 0
    return x


def error(x, w, zero_point):
    back = scale * (np.round(x / scale + zero_point) - zero_point)
    return np.sum((back - x) * w)


# %% [markdown]
# All weights are 1 first, as in an average. Ten channels, then a hundred, then a thousand, and a
# hundred corners of each; RMS is the root of the mean square of the hundred errors. The last column
# is the control: the same sums, with the whole zero point. Look down each column: how many times
# larger is the last row than the first?

# %%
rng, rms = np.random.default_rng(1), {}
print("  taps   predicted   RMS, zero at 127.5   RMS, zero exact")
for channels in (10, 100, 1000):
    w, draws = np.ones((3, 3, channels)), [corner(channels, rng) for _ in range(100)]
    told = leak(draws[0], w, zero_again)
    rms[channels] = [
        np.sqrt(np.mean([error(x, w, z) ** 2 for x in draws])) for z in (float_zero_point, whole)
    ]
    print(f"{w.size:6} {told:11.3f} {rms[channels][0]:20.3f} {rms[channels][1]:17.3f}")
    assert abs(rms[channels][0] / told - 1) < 0.03
grown = np.divide(rms[1000], rms[10])
print("100 times the taps:", *(f"{g:.0f} times the error" for g in grown), sep="  ")
assert 95 < grown[0] < 105 and 8 < grown[1] < 12

# %% [markdown]
# So it is: the leak grows with the number of taps, rounding with its root, and with an exact zero
# only the rounding is left. Real weights have both signs, and then leaks cancel in part, as
# rounding errors do. But what stays is the same in every image, so no average removes it. Below,
# fifty filters with random weights, each on 200 corners: how large is the mean of the 200 errors?

# %%
x = np.array([corner(30, rng) for _ in range(200)])
filters = rng.normal(0, 1, (50, 3, 3, 30))
shrunk = {}
for name, z in {"at 127.5": float_zero_point, "exact": whole}.items():
    back = scale * (np.round(x / scale + z) - z)
    errors = np.einsum("nijc,fijc->fn", back - x, filters)
    once, mean = np.sqrt(np.mean(errors**2)), np.sqrt(np.mean(errors.mean(axis=1) ** 2))
    shrunk[name] = once / mean
    print(f"zero {name:8}: RMS of one error {once:.4f}, of the mean of 200 {mean:.4f}")
assert shrunk["at 127.5"] < 1.2 and 13 < shrunk["exact"] < 15

# %% [markdown]
# With an exact zero the mean of 200 errors is 14 times smaller than one of them, the root of 200.
# With the leak it hardly shrinks. It acts like a wrong bias, but at the border alone: in the middle
# of the image there is no padding and no leak, so no other bias can undo it.

# %% [markdown]
# ## Write the quantizer
#
# Solve the law for `q`, round to the nearest integer, and keep the result on the grid. These are
# two lines, and they are the whole of quantization. Here they are for any grid, held against the
# package on ten thousand numbers.


# %%
def by_hand(x, params):
    q = np.round(x / params.scale) + params.zero_point
    return np.clip(q, params.qmin, params.qmax).astype(params.dtype)


params = params_from_range(-3, 3)
x = np.random.default_rng(0).normal(0, 1, 10_000).astype(np.float32)
np.testing.assert_array_equal(by_hand(x, params), qnn_edu.quantize(x, params))
print("10,000 values: no difference")

# %% [markdown]
# You wrote this in lesson 01 already, for int8, as `model_input`, and the way back as
# `probabilities`. If you did, yours run from here on; if not, ours. Look at the largest error of a
# value that is not clipped.

# %%
to_int8 = mine.use(lesson_01.model_input)
to_real = mine.use(lesson_01.probabilities)
there = to_int8(x[None], params.scale, params.zero_point)[0]  # an image of one row
back = to_real(there, params.scale, params.zero_point)
inside = (params.lo <= x) & (x <= params.hi)
worst = np.abs(back - x)[inside].max() / params.scale
print(f"{there.dtype}, {inside.sum()} of {x.size} in the range, at most {worst:.3f} steps off")
assert there.dtype == np.int8 and worst < 0.5001

# %% [markdown]
# ## Three ways to round a tie
#
# What is the integer nearest to 2.5? There are two, and programs disagree. Below, a scale of 1 makes
# every half a tie. numpy rounds it to the **even** neighbour. `quantize` rounds **away from zero**,
# like LiteRT's reference kernels. `fake_quant`, which training uses, rounds **up**. LiteRT's fast
# kernels side with numpy. Look at the columns for 0.5 and -0.5.

# %%
ties = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
whole = params_from_range(-128, 127)
rules = {
    "half to even": np.round(ties),
    "half away": qnn_edu.quantize(ties, whole),
    "half up": qnn_edu.fake_quant(ties, whole),
}
print(f"{'tie':13}", *(f"{tie:5.1f}" for tie in ties))
for rule, rounded in rules.items():
    print(f"{rule:13}", *(f"{int(q):5}" for q in rounded))
np.testing.assert_array_equal(list(rules.values()), [[-2, -2, 0, 0, 2, 2],
                                                     [-3, -2, -1, 1, 2, 3],
                                                     [-2, -1, 0, 1, 2, 3]])  # fmt: skip

# %% [markdown]
# On random real numbers ties almost never happen, which is why `by_hand` agreed with the package on all
# ten thousand. In integer arithmetic they happen all the time, and then one rule or the other
# decides whether two phones agree. Lesson 09 follows such a tie through a whole network.

# %% [markdown]
# ## The error is a sawtooth
#
# Quantize, dequantize, and subtract what went in from what came out: the error is left. Plotted over
# what went in, it is a sawtooth. Inside the range it never exceeds half a step. Outside it grows
# without limit, because all that lies beyond the last level is clipped to it.

# %%
three_bits = params_from_range(-1, 1, bits=3)
ax = plots.error(three_bits)
draw.show(ax, "The error over x: a sawtooth within half a step, and ramps where x is clipped.")

inside = np.linspace(three_bits.lo, three_bits.hi, 1001)
largest = metrics.max_abs_error(inside, qnn_edu.fake_quant(inside, three_bits))
print(f"largest error in the range: {largest / three_bits.scale:.3f} steps")
assert largest <= three_bits.scale * 0.5001

# %% [markdown]
# A number engineers use every day: the root of the mean squared error (RMS) of rounding, in steps.
# If every place on the sawtooth is equally likely, what is it?

# %% jupyter={"source_hidden": true}
quiz(
    "The error is anywhere from -1/2 to +1/2 step, equally likely. Its RMS, in steps?",
    {
        "0.5": "That is the largest error. Most are smaller.",
        "0.25": "That is the mean of the absolute error. Squares weigh large errors more.",
        "0.289": "The mean of e squared over [-1/2, 1/2] is 1/12, and its root is 0.289.",
        "0.083": "That is 1/12, the mean square. The root is still to come.",
    },
    answer="0.289",
)

# %% [markdown]
# ## Exercise 3: predict the error
#
# So one can tell the error of a layer before anything is quantized: from its range and the bits
# alone. Write that down, in real units, for a range from `lo` to `hi` and any number of bits.


# %%
def my_rounding_rms(lo, hi, bits):
    """The RMS error of rounding over a range.

    lo, hi: real numbers, the ends of the range. bits: an integer.
    Gives a real number, in the units of lo and hi.

    >>> round(float(my_rounding_rms(-1.0, 2.0, 2)), 4)
    0.2887
    """
    ### BEGIN SOLUTION
    scale = (hi - lo) / (2**bits - 1)
    return scale / np.sqrt(12)
    ### END SOLUTION


# %%
check.rounding_rms(my_rounding_rms)

# %% [markdown]
# Predict, then measure, on weights that a network really uses: the largest convolution of the course's
# digits model, 64 x 64 numbers. The prediction sees two numbers of them, the smallest and the largest.

# %%
predict = mine.use(check.rounding_rms)
model = tflite.read(data.asset("digits_float32.tflite"))
w = max((t.data for t in model.tensors if t.name.endswith("convolution")), key=np.size).ravel()
print(f"{w.size} weights from {w.min():.2f} to {w.max():.2f}")
print(f"predicted: {predict(w.min(), w.max(), 8):.6f}")

# %% [markdown]
# Now there and back, by `to_int8` and `to_real`, and the root of the mean square of what went wrong.

# %%
p8 = params_from_range(w.min(), w.max())
q = to_int8(w.reshape(64, 64), p8.scale, p8.zero_point)
back = to_real(q.ravel(), p8.scale, p8.zero_point)
measured = np.sqrt(np.mean((back - w) ** 2))
print(f"measured:  {measured:.6f}, {measured / p8.scale:.3f} steps")
assert abs(measured / predict(w.min(), w.max(), 8) - 1) < 0.01

# %% [markdown]
# Less than one per cent off, from two numbers. Remember the number 0.289: when a layer's error over
# its scale is much larger, something other than rounding is going on, usually clipping. And a
# prediction that never fails would tell nothing. Here are all layers at 8 bits and at 2. Where does
# it fail, and in which direction?

# %%
steps = {8: [], 2: []}
layers = [op for op in model.operators if len(op.inputs) == 3]
for op in layers:
    v = model.tensors[op.inputs[1]].data
    for bits, found in steps.items():
        p = params_from_range(v.min(), v.max(), bits=bits)
        found.append(np.sqrt(metrics.mse(v, qnn_edu.fake_quant(v, p))) / p.scale)
    print(f"{op.name:18} {v.size:4} weights: {steps[8][-1]:.3f} steps at 8 bits,"
          f" {steps[2][-1]:.3f} at 2")  # fmt: skip
assert all(abs(s - 0.289) < 0.015 for s in steps[8])
assert min(steps[2]) < 0.09 and max(steps[2]) < 0.31

# %% [markdown]
# At 8 bits every layer keeps to it. At 2 bits some fall to a third of it: their steps are so wide
# that nearly all weights lie close to one level, 0, and are not spread evenly over a step. The law
# says what it needs.

# %% [markdown]
# ## Move the sliders
#
# Everything so far in one place, and one new number: **SQNR**, signal to quantization noise, in
# decibels. Higher is better; more about it below. Before you touch anything, predict: what happens to
# the error when you pull the range in to `[-1, 1]`? Then find, by hand, the range of the best SQNR for
# Gaussian data at 8 bits, and again at 3 bits. They are not the same. (`digits weights` are those
# above, divided by their standard deviation.)

# %%
explorer = explorers.affine()
explorer

# %% [markdown]
# `at` asks the explorer for its numbers elsewhere, so the search can be left to Python. At 8 bits
# the best range takes in nearly everything, at 3 bits it gives up one value in twenty: with few
# levels it pays to clip.

# %%
best = {}
settings = {"data": "Gaussian", "narrow_range": False, "symmetric": False}
for bits in (8, 3):
    reaches = np.arange(1.5, 4.6, 0.1).round(1).tolist()
    tried = [explorer.at(bits=bits, range=(-r, r), **settings) for r in reaches]
    winner = int(np.argmax([found["sqnr_db"] for found in tried]))
    best[bits], found = reaches[winner], tried[winner]
    print(f"{bits} bits: best range +-{best[bits]}, SQNR {found['sqnr_db']:.1f} dB,"
          f" {found['clipped']:.2%} clipped")  # fmt: skip
assert best[8] > 3.5 > 2.5 > best[3] and 0.04 < found["clipped"] < 0.06

# %% [markdown]
# ## What training computes
#
# During training a network stays in floating point, and *fake quantizers* only pretend: real number
# in, nearest level out, as a real number. TensorFlow's op for that is
# `tf.quantization.fake_quant_with_min_max_vars`. Its answers to 2001 inputs lie in this package, so
# that we need not load TensorFlow here. Our `fake_quant` has to give the same bits.

# %%
record = np.load(data.asset("fake_quant_tensorflow.npz"))
for k in range(4):
    lo, hi, bits, narrow = (record[name][k].item() for name in ("lo", "hi", "bits", "narrow"))
    p = params_from_range(lo, hi, bits=bits, narrow_range=narrow)
    np.testing.assert_array_equal(qnn_edu.fake_quant(record["x"], p), record["y"][k])
    print(f"[{lo}, {hi}], {bits} bits, narrow={narrow}: {record['x'].size} values, none differ")

# %% [markdown]
# And the real thing, quantize and then dequantize? It gives nearly the same. The two part on ties, or
# within a hair of one, and sometimes in the last bit of a float. So what training sees is what the
# phone will do, almost: keep that "almost" in mind until lesson 09.

# %%
p = params_from_range(-6, 6)
cases = {
    "on ties": (np.arange(-127, 127) + 0.5) * p.scale,
    "at random": np.random.default_rng(4).uniform(-6, 6, 200_000),
}
for name, x in cases.items():
    real = qnn_edu.dequantize(qnn_edu.quantize(x, p), p)
    apart = ~np.isclose(qnn_edu.fake_quant(x, p), real, rtol=1e-6)
    steps = x[apart] / p.scale
    from_tie = np.abs(steps - np.floor(steps) - 0.5).max()
    print(f"{name}: {apart.sum()} of {x.size} differ, at most {from_tie:.6f} steps away from a tie")
    assert apart.any() and from_tie < 1e-4

# %% [markdown]
# ## What a bit buys
#
# SQNR compares signal with noise in decibels: it is $10 \log_{10}$ of the energy of `x` (the sum of
# its squares) over the energy of the error. One more bit halves the step, so it quarters the energy
# of the error.

# %% jupyter={"source_hidden": true}
quiz(
    "By how many dB does the SQNR rise with each bit?",
    {
        "2 dB": "Halving the step makes the error's energy four times smaller, not 1.6 times.",
        "3.01 dB": "That is a factor of 2 in energy. Halving the step gives a factor of 4.",
        "6.02 dB": "A quarter of the noise energy: 10 log10(4) = 6.02.",
        "10 dB": "That would be ten times less energy for one bit.",
    },
    answer="6.02 dB",
)

# %% [markdown]
# ## Exercise 4: SQNR
#
# Write it down. `x` is the signal, `y` its quantized copy.


# %%
def my_sqnr_db(x, y):
    """The SQNR in decibels.

    x: the signal, an array of real numbers. y: its quantized copy, of the same shape.
    Gives a real number.

    >>> round(float(my_sqnr_db(np.array([3.0, 4.0]), np.array([3.5, 4.0]))), 6)
    20.0
    """
    ### BEGIN SOLUTION
    return 10 * np.log10(np.sum(x**2) / np.sum((y - x) ** 2))
    ### END SOLUTION


# %%
check.sqnr_db(my_sqnr_db)

# %% [markdown]
# Now draw the line, from 2 to 8 bits, for the weights above and for Gaussian numbers with one of
# them made ten times too large. Min-max ranges, nothing clipped. Look for two things: the slope, and
# how many bits one bad number costs.

# %%
bits = list(range(2, 9))
gauss = np.random.default_rng(3).normal(0, 1, w.size).astype(np.float32)
outlier = np.append(gauss, 10 * np.abs(gauss).max())


def sqnr_by_bits(x):
    ranges = [params_from_range(x.min(), x.max(), bits=b) for b in bits]
    return [metrics.sqnr_db(x[:4096], qnn_edu.fake_quant(x[:4096], p)) for p in ranges]


lines = {"digits weights": w, "Gaussian": gauss, "with one outlier": outlier}
curves = {name: sqnr_by_bits(x) for name, x in lines.items()}
draw.show(
    plots.error_against_bits(bits, curves),
    "SQNR from 2 to 8 bits: parallel lines of 6 dB a bit; one outlier lowers the line by 15 dB.",
)

# %% [markdown]
# Where there are levels enough, every line climbs 6 dB a bit. At the left they bend: the error is
# then nearly as large as the numbers, and no longer evenly spread over a step. And one number in four
# thousand, ten times too large, costs all the others two and a half bits. What to do about it
# is the subject of the next lesson.

# %%
for name, curve in curves.items():
    print(f"{name:17}", " ".join(f"{value:5.1f}" for value in curve),
          f"  last bit: {curve[-1] - curve[-2]:.1f} dB")  # fmt: skip
assert all(abs(curve[-1] - curve[-2] - 6.02) < 0.7 for curve in curves.values())
assert abs((curves["Gaussian"][-1] - curves["with one outlier"][-1]) / 6.02 - 2.5) < 0.1

# %% [markdown]
# ## Keep what is yours
#
# This writes every function of yours that is right into `my_qnn.py`, beside the lessons, in your
# own words. Later lessons take it from there.

# %%
mine.keep(check)

# %% [markdown]
# ## What you have learned
#
# - $x = \text{scale} \cdot (q - \mathrm{zero\_point})$, with steps of `(hi - lo) / (qmax - qmin)`.
# - The zero point is an integer so that 0.0 is exact; the range is nudged to fit. A zero that leaks
#   grows with the number of taps, rounding with its root.
# - Inside the range the error is at most half a step, and 0.289 steps in RMS. Outside, it is clipping.
# - Each bit is worth 6.02 dB, until levels get scarce or one outlier takes them.

# %% [markdown]
# ## What to read next
#
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
#   Inference*, CVPR 2018: the affine map.
# - W. R. Bennett, *Spectra of Quantized Signals*, Bell System Technical Journal 27, 1948: where 1/12
#   comes from.
# - Next: [03 Choosing the range](03_choosing_the_range.ipynb).
