# %% [markdown]
# # 03 Choosing the range
#
# Scale and zero point follow from a range, and the range is yours to choose. Choose it too wide and
# the steps get coarse. Too narrow, and values are cut off. This lesson is about choosing well: for
# weights, for activations, for one channel or for all, and when a single number spoils everything.
#
# **80 minutes.** You need lesson 02. TensorFlow is not loaded.

# %% [markdown]
# ## What you will learn
#
# - why int8 weights end at -127, one step early,
# - when a range should be symmetric, and what that wastes,
# - what happens to a range that misses zero,
# - why depthwise layers need a scale for each channel, why activations cannot have one, and what a scale
#   for less than a channel costs and buys,
# - five methods of calibration, what each does with an outlier, and when to use which.

# %%
import numpy as np

import qnn_edu
from qnn_edu import clipping, data, draw, metrics, params_from_range, ranges, tflite
from qnn_edu.draw import plots
from qnn_edu.lessons import lesson_03 as check
from qnn_edu.lessons import mine
from qnn_edu.ui import explorers, quiz

# %% [markdown]
# ## One level less: narrow range
#
# Signed 8 bits run from -128 to 127. LiteRT's weights never use -128: their grid is **narrow**, -127
# to 127, 254 steps instead of 255. It looks like waste. The reason is the processor.

# %% jupyter={"source_hidden": true}
quiz(
    "Products of int8 numbers are added up in pairs in a 16-bit register (up to 32767). Which pairs "
    "overflow it?",
    {
        "none": "Try the most negative number: -128 times -128 is 16384, and there are two of them.",
        "only (-128)(-128) + (-128)(-128)": "16384 + 16384 = 32768, one more than fits. Nothing else "
        "is that large.",
        "any pair with a -128": "-128 times 127 is -16256, and twice that still fits.",
        "all pairs above 100 * 100": "10000 + 10000 = 20000 fits easily.",
    },
    answer="only (-128)(-128) + (-128)(-128)",
)

# %% [markdown]
# Try it in real 16-bit arithmetic. One product fits, the sum of two wraps around to the most
# negative number there is. With -127 on one side, no pair can overflow, so a fast kernel may add two
# products in 16 bits before it widens to 32. That is what one level of 256 buys.

# %%
wide, narrow = np.int16([-128, -128]), np.int16([-127, -127])
print("(-128)(-128) + (-128)(-128) =", int((wide * wide).sum(dtype=np.int16)))
print("(-127)(-128) + (-127)(-128) =", int((narrow * wide).sum(dtype=np.int16)))
assert (wide * wide).sum(dtype=np.int16) == -32768
assert (narrow * wide).sum(dtype=np.int16) == 32512

# %% [markdown]
# The second reason is that a narrow grid is symmetric: -127 to 127 around a zero point of 0. With
# zero point 0 the weights need no subtraction in the inner loop. LiteRT insists on it, and every
# int8 file says so. Look at the weights of the course's own int8 model.

# %%
int8_model = tflite.read(data.asset("digits_int8.tflite"))
for tensor in int8_model.tensors:
    if tensor.data is not None and tensor.dtype == np.int8:
        kind = tensor.name.split("/")[1]
        zeros = set(np.atleast_1d(tensor.zero_point).tolist())
        print(f"{kind:28} from {tensor.data.min()} to {tensor.data.max()}, zero points {zeros}")
        assert tensor.data.min() >= -127 and zeros == {0}

# %% [markdown]
# What does the lost level cost? At 8 bits one of 256, next to nothing. At 2 bits one of 4, and the
# picture changes: a narrow 2-bit grid knows only -1, 0 and 1. Below, the wide grid may choose both
# ends freely, the narrow one has to be symmetric; each takes the range of least error.

# %%
w = np.random.default_rng(0).normal(0, 1, 20_000).astype(np.float32)
gap = {}
for bits in (8, 4, 3, 2):
    sqnr = []
    for narrow_range in (False, True):
        options = {"bits": bits, "narrow_range": narrow_range}
        lo, hi = clipping.mse(w, symmetric=narrow_range, **options)
        p = params_from_range(lo, hi, symmetric=narrow_range, **options)
        sqnr.append(metrics.sqnr_db(w, qnn_edu.fake_quant(w, p)))
    gap[bits] = sqnr[0] - sqnr[1]
    print(f"{bits} bits: wide {sqnr[0]:5.2f} dB, narrow symmetric {sqnr[1]:5.2f} dB")
assert gap[8] < 0.3 < 1.0 < gap[2]

# %% [markdown]
# ## Exercise 1: narrow symmetric weights
#
# Compute the scale that LiteRT's weights have: the range is `[-a, a]` with `a` the largest size of
# all weights, the grid is narrow. (`check.narrow_scale.hint()` gives a hint.)


# %%
def my_narrow_scale(w, bits):
    """The scale of narrow symmetric weights.

    w: real numbers, an array of one dimension. bits: an integer.
    Gives a real number.

    >>> float(my_narrow_scale(np.array([-3.0, 1.0]), 3))
    1.0
    """
    ### BEGIN SOLUTION
    return np.abs(w).max() / (2 ** (bits - 1) - 1)
    ### END SOLUTION


# %%
check.narrow_scale(my_narrow_scale)

# %% [markdown]
# ## Symmetric or not
#
# Activations after ReLU6 lie between 0 and 6. A symmetric range around zero would spend half of its
# levels on negative numbers that never come. So activations may have any zero point, and their grid
# is wide. Predict: what does a symmetric range cost here?

# %% jupyter={"source_hidden": true}
quiz(
    "Activations in [0, 6], 8 bits. How much SQNR does a symmetric range [-6, 6] lose?",
    {
        "nothing": "Half of the levels are never used, so the steps are twice as wide.",
        "3 dB": "Twice the step is four times the error's energy.",
        "6 dB": "Half of the levels are wasted: one bit, 6.02 dB.",
        "half of the SQNR": "The loss is one bit, whatever the number of bits.",
    },
    answer="6 dB",
)

# %% [markdown]
# Measure it, on 50,000 numbers spread evenly over `[0, 6]`, and compare the two steps.

# %%
relu6 = np.random.default_rng(1).uniform(0, 6, 50_000).astype(np.float32)
image = np.random.default_rng(2).uniform(0, 1, 50_000).astype(np.float32)
asymmetric = params_from_range(0, 6)
symmetric = params_from_range(0, 6, symmetric=True)
sqnr = []
for name, p in {"asymmetric": asymmetric, "symmetric": symmetric}.items():
    sqnr.append(metrics.sqnr_db(relu6, qnn_edu.fake_quant(relu6, p)))
    print(f"{name:10} zero point {p.zero_point:4}, step {p.scale:.5f}, SQNR {sqnr[-1]:.1f} dB")
assert abs(sqnr[0] - sqnr[1] - 6.02) < 0.1

# %% [markdown]
# ReLU6 itself is a choice of range. Its activations have steps of 6/255, those of an image in
# `[0, 1]` steps of 1/255: six times finer in real units. A network without the 6 would have wider
# ranges and coarser steps still. But relative to what is in them, both are the same: SQNR knows no
# units.

# %%
step, sqnr = [], []
for name, x, hi in (("ReLU6", relu6, 6), ("image", image, 1)):
    p = params_from_range(0, hi)
    step.append(p.scale)
    sqnr.append(metrics.sqnr_db(x, qnn_edu.fake_quant(x, p)))
    print(f"{name}: step {step[-1]:.5f}, SQNR {sqnr[-1]:.1f} dB")
assert np.isclose(step[0] / step[1], 6) and abs(sqnr[0] - sqnr[1]) < 0.2

# %% [markdown]
# ## A range that misses zero
#
# Zero must be exact (lesson 02), so a range such as `[2, 4]` cannot stay as it is. There are two ways
# out. TensorFlow's fake-quant op **shifts** it to `[0, 2]`: the step stays, and everything above 2 is
# clipped. This package **extends** it to `[0, 4]`: nothing is clipped, the step doubles. Below, the
# op's recorded answers and ours.

# %%
record = np.load(data.asset("fake_quant_tensorflow.npz"))
x, shifted = record["x"], record["y"][4]
assert (record["lo"][4], record["hi"][4]) == (2, 4)
extended = qnn_edu.fake_quant(x, params_from_range(2, 4))
for value in (1.0, 2.0, 3.0, 4.0):
    k = np.argmin(np.abs(x - value))
    print(f"x = {value}: the op gives {shifted[k]:.2f}, this package {extended[k]:.2f}")
assert shifted.max() == 2.0 and np.isclose(extended.max(), 4.0)

# %% [markdown]
# Scale and zero point of a range take four lines: extend it to zero, divide by the steps, count how
# many steps lie below zero, round. In float32, because TensorFlow's op computes so. Hold them against
# the package on a thousand random ranges.


# %%
def by_hand(lo, hi, qmin=-128, qmax=127):
    lo, hi = np.float32(min(lo, 0)), np.float32(max(hi, 0))
    scale = (hi - lo) / np.float32(qmax - qmin)
    below_zero = np.floor(-lo / scale + np.float32(0.5))
    return scale, qmin + int(below_zero)


for ends in np.random.default_rng(9).normal(0, 3, (1000, 2)):
    lo, hi = sorted(ends)
    p = params_from_range(lo, hi)
    assert by_hand(lo, hi) == (p.scale, p.zero_point)
print("1000 ranges: no difference")

# %% [markdown]
# Even a range that holds zero moves. The clearest case has 2 bits: `[-6, 6]` with four levels, 4
# apart. Levels at -6, -2, 2 and 6 would miss zero. Nudging moves them all by 2, and 6 is gone: the
# largest number left is 4. At 8 bits the same thing happens by at most half of a much smaller step.

# %%
two_bits = params_from_range(-6, 6, bits=2)
levels = qnn_edu.dequantize(np.arange(two_bits.qmin, two_bits.qmax + 1), two_bits)
print("levels of [-6, 6] at 2 bits:", levels)
assert levels.tolist() == [-8, -4, 0, 4]
assert set(levels) == set(np.unique(record["y"][3]))  # TensorFlow's op agrees

# %% [markdown]
# ## A scale for each channel
#
# So far one scale served a whole tensor. Now look at a depthwise layer, where each channel has its
# own 3 x 3 weights. After training these channels were much alike: their largest weights differed by
# a factor of 1.8. But the file stores them with batch normalisation folded in (lesson 08),
# and that stretched each by a factor of its own. Each bar is the range of one channel; the numbers
# count the int8 levels it uses when all share one scale.

# %%
float_model = tflite.read(data.asset("digits_float32.tflite"))
depthwise = [op for op in float_model.operators if op.name == "DEPTHWISE_CONV_2D"]
w = float_model.tensors[depthwise[1].inputs[1]].data
lo, hi = ranges.min_max(w, axis=3)
shared = params_from_range(w.min(), w.max(), symmetric=True, narrow_range=True)
used = [metrics.levels_used(c) for c in np.moveaxis(qnn_edu.quantize(w, shared), 3, 0)]
draw.show(
    plots.channel_ranges(lo, hi, levels=used),
    "Ranges of 32 channels of a depthwise layer: one reaches from -13 to 7, the others stay within 2.",
)
width = np.maximum(-lo, hi)
print(f"widest / narrowest channel: {width.max() / width.min():.0f}, fewest levels: {min(used)}")
assert width.max() / width.min() > 40

# %% [markdown]
# Nine weights can use nine levels at most, and some channels get 4. Give every channel its own scale
# and compare the SQNR of the worst channel.

# %%
for bits in (8, 4):
    options = {"bits": bits, "symmetric": True, "narrow_range": True}
    one = qnn_edu.fake_quant(w, params_from_range(w.min(), w.max(), **options))
    own = qnn_edu.fake_quant(w, params_from_range(lo, hi, axis=3, **options))
    worst = [min(metrics.sqnr_db(w[..., c], y[..., c]) for c in range(32)) for y in (one, own)]
    print(
        f"{bits} bits, worst channel: {worst[0]:.1f} dB with one scale, {worst[1]:.1f} dB with its own"
    )
assert worst[0] < 1 and worst[1] > 20

# %% [markdown]
# Zero dB means that the error is as large as the weights: that channel is dead. Move the sliders. Set
# `bits` to 8. With the `channel` slider pick a narrow channel, 3 say; its weights stand on the right.
# Now lower `bits`. Then raise `stretch`, which sets the channels further apart: the per-channel dots
# stay, nearly all per-tensor squares fall.

# %%
explorer = explorers.per_channel()
explorer

# %% [markdown]
# In numbers, at 8 bits, for channels as they are and ten times further apart: the median over the 32
# channels, so half of them are worse.

# %%
for stretch in (1.0, 10.0):
    found = explorer.at(bits=8, stretch=stretch)
    one, own = (np.median(found[name]) for name in ("sqnr_per_tensor", "sqnr_per_channel"))
    print(f"stretch {stretch:4}: median {one:.1f} dB with one scale, {own:.1f} dB with its own")
assert one < 15 and own > 45

# %% [markdown]
# ## The scheme of an int8 file
#
# Symmetric, narrow, one scale for each output channel: with that you know how LiteRT's converter
# quantizes weights. Take the float file, apply the scheme, and compare with the integers in the int8
# file. Nothing is rounded or tolerated in this comparison.

# %%
for a, b in zip(float_model.operators, int8_model.operators, strict=True):
    if len(a.inputs) == 3:  # input, weights, bias
        real, stored = float_model.tensors[a.inputs[1]].data, int8_model.tensors[b.inputs[1]]
        lo, hi = ranges.min_max(real, axis=stored.axis)
        scheme = {"symmetric": True, "narrow_range": True, "axis": stored.axis}
        q = qnn_edu.quantize(real, params_from_range(lo, hi, **scheme))
        print(
            f"{a.name:18} channels on axis {stored.axis}, {(q != stored.data).sum()} of {q.size} differ"
        )
        np.testing.assert_array_equal(q, stored.data)

# %% [markdown]
# ## Exercise 2: a scale for each channel
#
# Narrow symmetric 8-bit scales again, one for each index along `axis`. Mind which axes to reduce
# over: a convolution in a LiteRT file has its channels on axis 0, a depthwise layer on axis 3.


# %%
def my_channel_scales(w, axis):
    """The narrow symmetric scale of each channel at 8 bits.

    w: real numbers, an array of two or more axes. axis: the one that counts the channels.
    Gives an array of one dimension, a scale for each channel.

    >>> my_channel_scales(np.array([[127.0, -254.0], [0.0, 12.7]]), 0)
    array([2. , 0.1])
    """
    ### BEGIN SOLUTION
    others = tuple(i for i in range(w.ndim) if i != axis)
    return np.abs(w).max(axis=others) / 127
    ### END SOLUTION


# %%
check.channel_scales(my_channel_scales)

# %% [markdown]
# ## Why activations have one scale
#
# If a scale for each channel is that good for weights, why not for activations? Here is one output
# of a layer, zero points left out; $o$ is its channel, $c$ those of the input:
#
# $$y_o = \sum_c s^w_o \, q^w_{oc} \; s^x \, q^x_c = s^w_o \, s^x \sum_c q^w_{oc} \, q^x_c$$
#
# Both scales are the same in every term, so they come out, and a sum of integers is left. A scale
# $s^x_c$ for each input channel would stay inside: every product would need a real factor of its
# own before it could be added. Weights have a scale for each *output* channel, and over those
# nothing is summed.

# %% [markdown]
# Try it with three input channels, of ranges 1, 10 and 100. A scale for each is more exact, product
# by product. But if the integers are added first, as an accumulator adds them, which factor should
# come at the end? The last line tries all three.

# %%
x, v = np.array([0.5, 7.0, 90.0]), np.array([0.8, -1.27, 0.1])
own = np.array([1, 10, 100]) / 127
scale_v = np.abs(v).max() / 127
q_v = np.round(v / scale_v)

shared = scale_v * own.max() * np.sum(q_v * np.round(x / own.max()))
one_by_one = scale_v * np.sum(own * q_v * np.round(x / own))
added_first = scale_v * own * np.sum(q_v * np.round(x / own))
print(f"exact {x @ v:.2f}, one scale {shared:.2f}")
print(f"a scale for each, product by product: {one_by_one:.2f}")
print("a scale for each, integers added first, times each scale:", added_first.round(2))
assert abs(one_by_one - x @ v) < abs(shared - x @ v) < np.abs(added_first - x @ v).min()

# %% [markdown]
# ## Less than a channel: groups
#
# Along a row of weights one may cut the sum into pieces: add 16 products as integers, multiply by
# the scale of that **group**, then add up the groups. It costs a product for each group, and bits:
# a scale of 16 bits for 16 weights is one bit more for each. So compare by bits per weight. Below,
# the 64 x 64 weights of lesson 02, with the number of weights that share a scale, 64 being a
# channel. Predict: which is better, four bits in groups of 16, or five with a scale for each
# channel?

# %%
layers = [t.data for t in float_model.tensors if t.name.endswith("convolution")]
w = max(layers, key=np.size).reshape(64, 64)  # a row for each output channel


def grouped(w, size, bits):
    """`w` there and back, with a scale for each `size` weights of a row."""
    rows = w.reshape(-1, size)
    lo, hi = ranges.min_max(rows, axis=0)
    p = params_from_range(lo, hi, bits=bits, symmetric=True, narrow_range=True, axis=0)
    return qnn_edu.fake_quant(rows, p).reshape(w.shape)


def compare(w, measured):
    sqnr = {}
    for size, bits in ((64, 4), (32, 4), (16, 4), (64, 5)):
        y = grouped(w, size, bits)
        sqnr[size, bits] = metrics.sqnr_db(w[:, measured], y[:, measured])
        cost = bits + 16 / size
        print(f"{bits} bits, a scale for {size}: {cost:.2f} bits each, {sqnr[size, bits]:4.1f} dB")
    return sqnr


# %% [markdown]
# First the weights as they are.

# %%
plain = compare(w, slice(None))
assert plain[64, 4] < plain[32, 4] < plain[16, 4] < plain[64, 5] - 4

# %% [markdown]
# Groups help, but a bit helps more: a quarter of a bit per weight brings another 4 dB. These rows
# are even. Now the other case: one outlier in each row, eight times its largest weight. What is
# measured is all the others.

# %%
outliers = w.copy()
outliers[:, 0] = 8 * np.abs(w).max(axis=1)
hurt = compare(outliers, slice(1, None))
assert hurt[16, 4] > hurt[64, 5] > hurt[64, 4]

# %% [markdown]
# Now the groups win, with fewer bits: an outlier spoils 15 neighbours, not 63. So groups are for
# long rows with outliers. The MX formats of the Open Compute Project give 32 numbers a scale of
# 8 bits: a quarter of a bit each.

# %% [markdown]
# ## Ranges of activations
#
# Weights lie still, so their range can be read off. Activations change with every input. One runs
# some typical data through the network and watches: that is **calibration**. The simplest method
# takes the smallest and the largest value ever seen. The 2018 way, still used in training, follows
# each batch's extremes by a **moving average**, so that one bad batch does not decide for ever.

# %%
maxima = np.random.default_rng(6).uniform(5, 6, 60)
maxima[20] = 30.0  # one bad batch
follower, line = ranges.MovingAverage(decay=0.9), []
for value in maxima:
    line.append(float(follower.update(np.float32([0, value])).range[1]))
print("before the bad batch", round(line[19], 1), "at it", round(line[20], 1),
      "ten batches later", round(line[30], 1), "at the end", round(line[-1], 1))  # fmt: skip
print("min-max at the end", round(float(ranges.min_max(maxima)[1]), 1))
assert line[20] < 9 and line[-1] < 6

# %% [markdown]
# ## Exercise 3: a moving average
#
# Write the average itself, for the maxima of successive batches: the last value it reaches. Think
# about where it starts.


# %%
def my_moving_average(maxima, decay):
    """The moving average after the last batch.

    maxima: the largest value of each batch in turn, an array of one dimension.
    decay: a real number, the share of the old average that stays.
    Gives a real number.

    >>> float(my_moving_average(np.array([4.0, 8.0]), 0.75))
    5.0
    """
    ### BEGIN SOLUTION
    average = maxima[0]
    for value in maxima[1:]:
        average = decay * average + (1 - decay) * value
    return average
    ### END SOLUTION


# %%
check.moving_average(my_moving_average)

# %% [markdown]
# ## Clipping against rounding
#
# Now the heart of it. Pull the range in, and two errors trade places: the values outside are clipped,
# which hurts more and more, and the values inside are rounded more finely. The sum has a minimum.
# Finding it is what calibration means.

# %% jupyter={"source_hidden": true}
quiz(
    "Ten thousand Gaussian weights of deviation 1, and one of them is 100. 4 bits. Min-max keeps the "
    "100. What is left of the others?",
    {
        "nearly everything": "The steps are about 7 wide, and the others lie within 4.",
        "about half of the levels": "Sixteen levels over 104: how many fall between -4 and 4?",
        "next to nothing": "Steps of about 7: all within 3.5 of zero become zero, and only a handful "
        "lie further out.",
    },
    answer="next to nothing",
)

# %% [markdown]
# What to minimise? The mean squared error (**MSE**) is one choice, a distance between values.
# Another is the Kullback-Leibler divergence (**KL**), a distance between distributions:
#
# $$D(P \,\|\, Q) = \sum_i p_i \log \frac{p_i}{q_i}$$
#
# $P$ is a histogram of the sizes $|x|$ up to the threshold; what lies beyond is added to its last
# bin. $Q$ has the same bins without that addition, and quantized: the filled bins of one level
# share its count evenly. $D$ is 0 if nothing has changed. The method keeps the threshold with the
# least $D$ (Migacz 2017).

# %% [markdown]
# Five methods, one tensor. `all` is the SQNR of all ten thousand, the one large weight with them;
# `rest` leaves it out. Look at who keeps the 100, who gives it up, and who takes the middle.

# %%
w = np.random.default_rng(0).normal(0, 1, 10_000).astype(np.float32)
w[0] = 100
chosen = {
    "min-max": ranges.min_max(w),
    "percentile 99.9": ranges.percentile(w, 99.9),
    "least MSE": clipping.mse(w, bits=4),
    "least KL": clipping.kl(w, bits=4),
    "moving average": ranges.MovingAverage(0.9)(np.array_split(w, 10)),
}
sqnr = {}
for name, (lo, hi) in chosen.items():
    y = qnn_edu.fake_quant(w, params_from_range(lo, hi, bits=4))
    sqnr[name] = metrics.sqnr_db(w, y), metrics.sqnr_db(w[1:], y[1:])
    print(
        f"{name:16} [{lo:6.2f}, {hi:6.2f}]  all {sqnr[name][0]:5.2f} dB,  rest {sqnr[name][1]:5.2f} dB"
    )

# %% [markdown]
# None is wrong; each answers another question. Min-max promises that nothing is clipped. The
# percentile promises a share. MSE minimises the very error that `all` measures, and a 100 weighs as
# much there as ten thousand values of 1. KL asks how much the *distribution* changed, and one value
# in ten thousand hardly counts. The moving average depends on when the bad batch came: here it was the
# first of ten, and 40 of the 100 are still there.

# %%
assert sqnr["least MSE"][0] == max(both[0] for both in sqnr.values())
assert sqnr["min-max"][1] < 0.1
assert sqnr["percentile 99.9"][1] > 15 and sqnr["least KL"][1] > 15
assert 38 < chosen["moving average"][1] < 43

# %% [markdown]
# The next picture is real: activations of the last convolution of the digits model. Leave the left
# end of the range at 0; drag the right end up to 25, then down to 2. Above, the histogram; below, the
# two errors and their sum. Find the minimum by hand, then see which method's mark is closest. Then
# lower the bits, and add the outlier: which marks jump?

# %%
explorer = explorers.range_()
explorer

# %% [markdown]
# For least MSE there is a rule: the fewer bits, the further in, since clipping costs the same and
# rounding gets expensive. Does it hold for least KL, too? Here is where both put `hi`, from 8 bits
# down to 2.

# %%
by_bits = {bits: explorer.at(bits=bits, outlier=False)["methods"] for bits in range(8, 1, -1)}
ends = {}
for name in ("least MSE", "least KL"):
    ends[name] = [methods[name][1] for methods in by_bits.values()]
    print(f"{name:9}", *(f"{hi:5.2f}" for hi in ends[name]))
assert ends["least MSE"] == sorted(ends["least MSE"], reverse=True)
assert max(ends["least KL"]) == ends["least KL"][2] > ends["least KL"][0]  # at 6 bits, not at 8

# %% [markdown]
# KL wanders: from 7.78 out to 9.17, and back in to 7.39. It compares shares in a histogram, not the
# size of errors, and has no such rule. What do the choices cost? Here is the SQNR of each, in dB,
# with the outlier, too.

# %%
print(" " * 20, *(f"{name:>15}" for name in by_bits[8]))
cost = {}
for bits, outlier in ((8, False), (4, False), (2, False), (8, True), (4, True), (2, True)):
    setting = {"bits": bits, "outlier": outlier}
    methods = explorer.at(**setting)["methods"]
    row = {name: explorer.at(**setting, range=ends)["sqnr_db"] for name, ends in methods.items()}
    print(f"{bits} bits, {'outlier' if outlier else 'as it is':10}", end=" ")
    print(*(f"{sqnr:15.1f}" for sqnr in row.values()))
    cost[bits, outlier] = row
assert all(row["least MSE"] > max(row.values()) - 0.1 for row in cost.values())
lost = {name: cost[8, False]["min-max"] - sqnr for name, sqnr in cost[8, False].items()}
assert lost["percentile 99.9"] > 11 and lost["least KL"] > 9
assert cost[2, False]["min-max"] < cost[2, False]["least MSE"] - 4

# %% [markdown]
# ## When to use which
#
# *Methods of calibration: when to take each, and when not.*
#
# | method | take it for | leave it where |
# |---|---|---|
# | min-max | weights, a range for each channel; 8 bits | one outlier widens every step |
# | moving average | training, where ranges move | rare large values count |
# | percentile | many values, stray outliers | levels are many: it lost 11 dB at 8 bits |
# | least MSE | 4 bits and fewer; weights | stray outliers are large: they count by their squares |
# | least KL | long tails, stray outliers | large values count: it lost 9 dB at 8 bits |
#
# In doubt try two, and measure the network (lesson 04), not the tensor.

# %% [markdown]
# ## Exercise 4: calibrate
#
# Write your own calibration. Given values, an array of thresholds to try, and the number of bits, find
# the threshold whose symmetric narrow quantizer has the least mean squared error.
# (`check.best_threshold.hint()` helps.)


# %%
def my_best_threshold(x, thresholds, bits):
    """The threshold of the least mean squared error.

    x, thresholds: real numbers, arrays of one dimension. bits: an integer.
    Gives one of the thresholds.

    >>> x = np.array([-1.0, 0.0, 1.0, 1.0])
    >>> float(my_best_threshold(x, np.array([0.5, 1.0, 4.0]), 2))
    1.0
    """
    ### BEGIN SOLUTION
    top = 2 ** (bits - 1) - 1  # the largest level of a narrow grid

    def loss(t):
        q = np.clip(np.round(x * top / t), -top, top)
        return np.mean((q * t / top - x) ** 2)

    return min(thresholds, key=loss)
    ### END SOLUTION


# %%
check.best_threshold(my_best_threshold)

# %% [markdown]
# ## Checkpoint: your mark among the others
#
# Here is the explorer again, with one mark more. It is called *yours* if your function is right,
# and *ours* until then. It tries 100 thresholds on the same activations. None of these is negative,
# so it is asked for one bit more: from zero up, a narrow grid of 5 bits has the levels of 4 bits over
# `[0, t]`. Predict where it stands, then lower the bits and add the outlier: whom does it follow?

# %%
best_threshold = mine.use(check.best_threshold)
whose = "ours" if best_threshold is check.best_threshold.solution else "yours"
explorer = explorers.range_(best_threshold, named=whose)
explorer

# %% [markdown]
# You have written a calibration method. Against the package's least MSE, at every number of bits,
# with the outlier and without: how far apart?

# %%
apart = []
for outlier in (False, True):
    for bits in range(8, 1, -1):
        methods = explorer.at(bits=bits, outlier=outlier)["methods"]
        apart.append(abs(methods[whose][1] - methods["least MSE"][1]))
print(f"at most {max(apart):.2f} apart; the thresholds tried are 0.25 apart")
assert max(apart) < 0.25

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
# - Weights: symmetric, narrow, zero point 0, a scale for each channel. Activations: any zero point,
#   wide, one scale for the tensor, since it has to come out of a sum over channels. That is LiteRT's int8
#   scheme. Groups pay where rows are long and have outliers; count the bits of their scales.
# - A symmetric range over one-sided data wastes a bit. A range that misses zero is shifted by
#   TensorFlow's op and extended by this package.
# - Calibration balances clipping against rounding. No method is best for everything: min-max for
#   clean data and many bits, the others when there are outliers or few bits.

# %% [markdown]
# ## What to read next
#
# - R. Krishnamoorthi, *Quantizing deep convolutional networks for efficient inference: A whitepaper*,
#   2018: ranges, granularity, and what per-channel scales save.
# - H. Wu et al., *Integer Quantization for Deep Learning Inference: Principles and Empirical
#   Evaluation*, 2020: calibration methods compared.
# - S. Migacz, *8-bit Inference with TensorRT*, GTC 2017, slide "Entropy Calibration - pseudocode": least KL.
# - R. Banner et al., *Post training 4-bit quantization of convolutional networks for rapid-deployment*,
#   NeurIPS 2019: the best clip in closed form.
# - Open Compute Project, *OCP Microscaling Formats (MX) Specification*, version 1.0, 2023: groups of 32.
# - Next: [04 Post-training quantization](04_post_training_quantization.ipynb), where a converter chooses
#   all these ranges for a whole network.
