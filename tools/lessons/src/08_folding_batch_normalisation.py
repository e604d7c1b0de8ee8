# %% [markdown]
# # 08 Folding batch normalisation
#
# A batch normalisation stands behind nearly every convolution of a trained network. In an int8 file
# there is none: a converter folds it into the weights before it quantizes. You will fold by hand,
# prove that nothing changed, find the file's integers to the last one, and then see the price. Folding
# stretches channels, and one that never did anything can ruin all the others. At the end: what becomes of
# batch normalisation while a network that rounds is trained.
#
# **70 minutes.** You need lessons 03 and 04. TensorFlow is loaded here, which takes some seconds.

# %% [markdown]
# ## What you will learn
#
# - how a batch normalisation becomes a factor and an offset, and where both go,
# - which ones cannot be folded, and what a converter makes of them,
# - how to compute every weight and bias of an int8 file from the trained network,
# - which layers folding stretches, and how to tell beforehand who will fail,
# - how an idle channel does it, and how to get the others back,
# - what quantization-aware training folds, and when it stops measuring.

# %%
import numpy as np

import qnn_edu
from qnn_edu import data, draw, nets, params_from_range, ptq, ranges, tflite
from qnn_edu.draw import plots
from qnn_edu.lessons import lesson_08 as check
from qnn_edu.lessons import mine
from qnn_edu.nets import quiet
from qnn_edu.ui import explorers, quiz

tf, keras = quiet.load_tensorflow(), quiet.load_keras()

# %% [markdown]
# ## A factor and an offset
#
# For each channel, batch normalisation computes from `x`, the output of the convolution,
#
# $$y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta.$$
#
# While a network is trained, mean and variance are those of the present batch. In inference they are
# averages collected in training: constants, as `gamma` and `beta` are. Here they are, for the first
# layer of the digits network. How many numbers has each?

# %%
digits_net = keras.models.load_model(data.asset("digits.keras"))
x_train, _ = data.digits("train")
x_test, y_test = data.digits("test")

(weight,) = digits_net.get_layer("conv").get_weights()
norm = digits_net.get_layer("conv_norm")
print(f"weights   {weight.shape}, no bias, epsilon {norm.epsilon}")
for name, values in zip(("gamma", "beta", "mean", "variance"), norm.get_weights(), strict=True):
    print(f"{name:9} {values.shape}, from {values.min():5.2f} to {values.max():5.2f}")

# %% [markdown]
# One for each output channel. Collect what multiplies `x` and what does not:
#
# $$\mathrm{factor} = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}}, \qquad
# y = \mathrm{factor}\cdot x + (\beta - \mu\cdot\mathrm{factor}).$$
#
# The convolution is linear, `x = w * image + b`, so the factor may as well be applied to `w` and `b`:
#
# $$w_{\mathrm{fold}} = \frac{\gamma\,w}{\sqrt{\sigma^2 + \epsilon}}, \qquad
# b_{\mathrm{fold}} = \beta + \frac{\gamma\,(b - \mu)}{\sqrt{\sigma^2 + \epsilon}}.$$

# %% jupyter={"source_hidden": true}
quiz(
    "Which of the four arrays change the folded weights, and not only the bias?",
    {
        "all four": "Look at the factor: two of the four are not in it.",
        "gamma and beta": "beta is added after everything else; no weight ever meets it.",
        "gamma and variance": "They make the factor. beta and mean shift, and a shift is a bias.",
        "mean and variance": "The mean is subtracted: it shifts, and a shift is a bias.",
    },
    answer="gamma and variance",
)

# %% [markdown]
# Write it down, for weights with the output channels on the last axis and without a bias. Then hold it
# against the package, which takes any axis and any bias.


# %%
def fold(weight, gamma, beta, mean, variance, epsilon):
    factor = gamma * (1 / np.sqrt(variance + np.float32(epsilon)))  # all in float32, as Keras
    return weight * factor, beta - mean * factor


w, b = fold(weight, *norm.get_weights(), norm.epsilon)
theirs = ptq.fold_batch_norm(weight, None, *norm.get_weights(), norm.epsilon, axis=3)
np.testing.assert_array_equal(w, theirs[0])
np.testing.assert_array_equal(b, theirs[1])
print(f"{w.size} weights and {b.size} biases: no difference")

# %% [markdown]
# ## Nothing has changed
#
# Now the proof on outputs: Keras' own convolution and batch normalisation against one convolution with
# folded weights, on all 355 test digits. The control must come out bad: the same without the folded
# bias.

# %%
real = keras.Model(digits_net.input, norm.output).predict(x_test, verbose=0)
folded = tf.nn.conv2d(x_test, w, strides=1, padding="SAME").numpy()

for name, y in {"with the bias": folded + b, "without": folded}.items():
    worst = np.abs(y - real).max()
    print(f"{name:14} largest difference {'below 0.00001' if worst < 1e-5 else f'{worst:.2f}'}")
assert np.abs(folded + b - real).max() < 1e-5 < 1 < np.abs(folded - real).max()

# %% [markdown]
# Not equal to the bit: two roundings became one. `nets.fold` does the same for a whole network, and
# gives back a Keras network without a batch normalisation. Seven layers are gone; all answers stay.

# %%
folded_net = nets.fold(digits_net)
answers = {
    "as trained": digits_net.predict(x_test, verbose=0),
    "folded": folded_net.predict(x_test, verbose=0),
}
for (name, p), net in zip(answers.items(), (digits_net, folded_net), strict=True):
    right = 100 * np.mean(p.argmax(axis=1) == y_test)
    print(f"{name:10} {len(net.layers)} layers, {net.count_params()} numbers, {right:.2f} % right")
np.testing.assert_allclose(answers["folded"], answers["as trained"], rtol=0, atol=1e-5)
assert len(digits_net.layers) - len(folded_net.layers) == 7

# %% [markdown]
# This holds in inference alone. In training the statistics follow each batch, and there is no
# constant to fold.
#
# ## Exercise 1: a layer that has a bias
#
# The layers of the digits network have none, but others do. Return the folded bias of a layer with a
# bias. (`check.folded_bias.hint()` gives a hint.)


# %%
def my_folded_bias(bias, gamma, beta, mean, variance, epsilon):
    """The bias of the folded layer, a float array (channels,).

    bias, gamma, beta, mean, variance: float arrays (channels,). epsilon: a float.

    >>> one = np.ones(2)
    >>> my_folded_bias(5 * one, 2 * one, one, 3 * one, 3.75 * one, 0.25)
    array([3., 3.])
    """
    ### BEGIN SOLUTION
    return beta + (bias - mean) * gamma / np.sqrt(variance + epsilon)
    ### END SOLUTION


# %%
check.folded_bias(my_folded_bias)

# %% [markdown]
# ## Before and after
#
# What does a converter do? A small network shows it: a convolution, a depthwise convolution, and three
# batch normalisations with random numbers in them. The first two stand before their ReLU, the last one
# stands behind it.


# %%
def small_network():
    keras.utils.set_random_seed(0)
    x = image = keras.Input((8, 8, 1), name="image")
    for layer in (
        keras.layers.Conv2D(4, 3, use_bias=False, name="conv"),
        keras.layers.BatchNormalization(name="norm_1"),
        keras.layers.ReLU(name="relu_1"),
        keras.layers.DepthwiseConv2D(3, use_bias=False, name="depthwise"),
        keras.layers.BatchNormalization(name="norm_2"),
        keras.layers.ReLU(name="relu_2"),
        keras.layers.BatchNormalization(name="norm_3"),
    ):
        x = layer(x)
    net, rng = keras.Model(image, x), np.random.default_rng(0)
    for layer in net.layers:
        layer.set_weights([rng.uniform(0.2, 2, w.shape) for w in layer.get_weights()])
    return net


small = small_network()

# %% [markdown]
# What can be folded comes right behind something linear, and is the only one that reads it.

# %% jupyter={"source_hidden": true}
quiz(
    "What becomes of norm_3, behind the second ReLU?",
    {
        "folded into the depthwise layer": "max(0, x) stands in between: factor * max(0, x) + offset is "
        "no max(0, factor * x + offset).",
        "it stays, as two operators": "A multiplication and an addition for each value, every time.",
        "the converter refuses": "It converts. It is just slower than it need be.",
        "it is dropped": "Then the network would compute something else.",
    },
    answer="it stays, as two operators",
)

# %% [markdown]
# Left the graph that TensorFlow hands over, each batch normalisation in its seven pieces; right
# the file. Follow norm_3.

# %% tags=["nbval-ignore-output"]
before = nets.tensorflow_graph(small)
after = tflite.read(nets.convert(small, "float32"))
draw.side_by_side({"TensorFlow, before": before, "LiteRT, after": after})

# %% [markdown]
# norm_3 stands there as MUL and ADD. Its two constants are the factor and the offset that you know:
# `fold` with a weight of 1 gives them. `nets.fold` leaves norm_3 in place too.

# %%
names = [op.name for op in after.operators]
left = [layer.name for layer in nets.fold(small).layers if "norm" in layer.name]
print("in the file:", *names)
print("left by nets.fold:", *left)
assert names == ["CONV_2D", "DEPTHWISE_CONV_2D", "MUL", "ADD"] and left == ["norm_3"]
assert len(before.operators) == 4 + 3 * 7

norm_3 = small.get_layer("norm_3")
constants = [after.tensors[op.inputs[1]].data for op in after.operators[2:]]
for own, stored in zip(fold(1, *norm_3.get_weights(), norm_3.epsilon), constants, strict=True):
    np.testing.assert_allclose(stored, own, rtol=1e-5)

# %% [markdown]
# ## Exercise 2: depthwise weights
#
# A depthwise layer applies `multiplier` filters to each of its input channels. Keras keeps the weights
# as (height, width, channels, multiplier); output channel `k` is filter `k % multiplier` on input
# channel `k // multiplier`. Given one factor for each *output* channel, return the folded weights, in
# the shape that they came in.


# %%
def my_depthwise_fold(weight, factor):
    """The weights, each times the factor of its output channel.

    weight: float array (height, width, channels, multiplier). factor: (channels * multiplier,).

    >>> my_depthwise_fold(np.ones((1, 1, 2, 2)), np.array([1.0, 2.0, 3.0, 4.0]))[0, 0]
    array([[1., 2.],
           [3., 4.]])
    """
    ### BEGIN SOLUTION
    channels, multiplier = weight.shape[2:]
    return weight * factor.reshape(channels, multiplier)
    ### END SOLUTION


# %%
check.depthwise_fold(my_depthwise_fold)

# %% [markdown]
# ## The very same integers
#
# Fold, then quantize: symmetric, narrow, a scale for each output channel, as in lesson 03. The bias
# becomes int32 with the scale of input times weights. Do that for every layer by hand, and you should
# get the integers that lie in the int8 file of lesson 01. The biases and the depthwise weights come from
# your functions, once they are right: `mine.use` takes yours, or ours until then, and says which.

# %%
to_bias, to_depthwise = mine.use(check.folded_bias), mine.use(check.depthwise_fold)


def folded_by_hand(name):
    """Folded weights, output channels on the last axis, and the folded bias."""
    norm = digits_net.get_layer(f"{name}_norm")
    gamma, beta, _, variance = numbers = norm.get_weights()
    (weight,) = digits_net.get_layer(name).get_weights()
    bias = np.asarray(to_bias(np.zeros_like(beta), *numbers, norm.epsilon))
    if "depthwise" in name:
        factor = gamma / np.sqrt(variance + np.float32(norm.epsilon))
        return np.asarray(to_depthwise(weight, factor))[..., 0], bias
    return fold(weight, *numbers, norm.epsilon)[0], bias


# %% [markdown]
# Now layer by layer. Nothing is tolerated.

# %%
names = [layer.name[:-5] for layer in digits_net.layers if layer.name.endswith("_norm")]
int8_file = tflite.read(data.asset("digits_int8.tflite"))
operators = [op for op in int8_file.operators if "CONV" in op.name]
for name, op in zip(names, operators, strict=True):
    came, stored, stored_bias = (int8_file.tensors[i] for i in op.inputs)
    w, b = folded_by_hand(name)
    w = w[np.newaxis] if "depthwise" in name else np.moveaxis(w, -1, 0)  # the file's layout
    options = {"symmetric": True, "narrow_range": True, "axis": stored.axis}
    params = params_from_range(*ranges.min_max(w, axis=stored.axis), **options)
    q, q_bias = qnn_edu.quantize(w, params), np.rint(b / (came.scale * params.scale))
    np.testing.assert_array_equal(q, stored.data)
    np.testing.assert_array_equal(q_bias, stored_bias.data)
    print(f"{name:17} {q.size:4} weights and {q_bias.size:2} biases: 0 differ")

# %% [markdown]
# So nothing is hidden in a converter. One thing is not the same to the last bit: the float weights
# before they were quantized. TensorFlow takes an estimate of the inverse square root, and processors
# estimate in their own ways. It is off by a few units in the last place, far too little to move an
# integer here. (`nets.fold` asks TensorFlow for its root.)
#
# ## What folding does to channels
#
# Each channel was multiplied by a factor of its own. Look at a depthwise layer before and after: each
# bar is the range of one channel.

# %%
(trained,) = digits_net.get_layer("block2_depthwise").get_weights()
w, b = folded_by_hand("block2_depthwise")
axes = draw.style.figure(8, 4.6).subplots(2)
for ax, title, each in zip(axes, ("As trained", "Folded"), (trained[..., 0], w), strict=True):
    plots.channel_ranges(*ranges.min_max(each, axis=2), ax=ax)
    ax.set_title(f"{title}: range of each channel (band: of the whole tensor)", loc="left")
axes[0].set_xlabel("")
draw.show(
    axes[1],
    "Above, 32 channels of much the same range, within 0.8. Below, after folding, channel 24 "
    "reaches from -13 to 7 and all others stay within 2.",
)

# %% [markdown]
# How far apart are the channels of each layer? Compare the widest with the median one, before
# and after. In which layers does the widest stand out?


# %%
def widths(w):
    return np.abs(w).reshape(-1, w.shape[-1]).max(axis=0)


apart = {}
for name in names:
    (weight,) = digits_net.get_layer(name).get_weights()
    weight = weight[..., 0] if "depthwise" in name else weight
    both = (widths(weight), widths(folded_by_hand(name)[0]))
    apart[name] = [each.max() / np.median(each) for each in both]
    print(
        f"{name:17} widest to median {apart[name][0]:4.1f} as trained, {apart[name][1]:4.1f} folded"
    )
assert max(before for before, _ in apart.values()) < 2
assert [name for name, (_, after) in apart.items() if after > 3] == [
    "block2_depthwise", "block3_depthwise",
]  # fmt: skip

# %% [markdown]
# ## Who will fail?
#
# Give a whole tensor one symmetric narrow scale of `n` bits. The widest channel sets it: the step is
# its largest weight over `2^(n-1) - 1`. A channel whose weights are all below half a step becomes zeros
# and is lost. At 8 bits it takes a channel 254 times narrower than the widest, at 4 bits one 14 times
# narrower. Now predict. Every layer gets 4 bits, alone, while the rest of the network stays in
# float.

# %% jupyter={"source_hidden": true}
quiz(
    "One scale per tensor, 4 bits: which layers will ruin the network?",
    {
        "the first convolution": "Its widest channel is about twice the median one: all of them live.",
        "the pointwise layers": "Hardly: their median channel is half as wide as the widest.",
        "the depthwise layers of blocks 2 and 3": "Their median channel is 18 times narrower than the "
        "widest. Most are lost.",
        "all of them": "A median channel that is half as wide keeps half of the levels.",
    },
    answer="the depthwise layers of blocks 2 and 3",
)

# %% [markdown]
# ## Exercise 3: count the lost
#
# Given weights with the channels on the last axis, whatever stands before it, and the bits, return how
# many channels one symmetric narrow scale for all turns into nothing but zeros.


# %%
def my_lost_channels(weight, bits):
    """How many channels become nothing but zeros, as a Python int.

    weight: float array (..., channels). bits: an int.

    >>> my_lost_channels(np.array([[7.0, -1.0, 0.4], [0.0, 0.2, -0.3]]), 4)
    1
    """
    ### BEGIN SOLUTION
    largest = np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0)
    scale = largest.max() / (2 ** (bits - 1) - 1)
    return int(np.sum(largest < scale / 2))
    ### END SOLUTION


# %%
check.lost_channels(my_lost_channels)

# %% [markdown]
# Put the prediction to the test. `right_with` quantizes the weights of one layer, of the network as
# trained or folded, and counts right answers. Watch the third column: *the same* weights, per tensor,
# before folding do no harm at all.


# %%
def fake_quantized(w, bits, per_channel=False):
    axis = w.ndim - 1 if per_channel else None
    options = {"bits": bits, "symmetric": True, "narrow_range": True, "axis": axis}
    return qnn_edu.fake_quant(w, params_from_range(*ranges.min_max(w, axis=axis), **options))


def right_with(net, name, change):
    layer = net.get_layer(name)
    kept = layer.get_weights()
    w = kept[0][..., 0] if "depthwise" in name else kept[0]
    layer.set_weights([change(w).reshape(kept[0].shape), *kept[1:]])
    p = net.predict(x_test, verbose=0, batch_size=355)
    layer.set_weights(kept)
    return 100 * np.mean(p.argmax(axis=1) == y_test)


# %% [markdown]
# Seven layers, three ways each. `lost` is what exercise 3 counts.


# %%
def per_tensor(w):
    return fake_quantized(w, 4)


def per_channel(w):
    return fake_quantized(w, 4, per_channel=True)


right, count_lost = {}, mine.use(check.lost_channels)
print("4 bits in one layer   lost   per tensor as trained   per tensor folded   per channel folded")
for name in names:
    lost = count_lost(folded_by_hand(name)[0], 4)
    ways = ((digits_net, per_tensor), (folded_net, per_tensor), (folded_net, per_channel))
    right[name] = [right_with(net, name, change) for net, change in ways]
    a, t, c = right[name]
    print(
        f"{name:18} {lost:3} of {len(widths(folded_by_hand(name)[0])):2} {a:21.1f} % {t:17.1f} % {c:18.1f} %"
    )
failed = [name for name, (_, folded, _) in right.items() if folded < 90]
assert failed == ["block2_depthwise", "block3_depthwise"]
assert all(trained > 95 and each > 95 for trained, _, each in right.values())

# %% [markdown]
# The two that you saw coming, and no other. A scale for each channel, or no folding, and nothing
# happens. And at 8 bits? Two whole int8 files, with one scale for a tensor and with one for a channel.

# %%
for per_channel_too in (False, True):
    file = nets.convert(digits_net, "int8", calibration=x_train[:100], per_channel=per_channel_too)
    (row,) = nets.compare({"int8": file}, (x_test, y_test), repeats=1)
    print(f"int8, weights per {'channel' if per_channel_too else 'tensor ':7} {row.accuracy:.2f} %")
    assert row.accuracy > 98

# %% [markdown]
# The digits network survives: 18 times narrower is not 254 times. MobileNet v1, trained on photographs,
# does not. Krishnamoorthi measured it with weights and activations in 8 bits (2018, table 3; float 0.709).
# One asymmetric range for each layer's weights: 0.001. One for each channel: 0.703. And one
# *symmetric* scale for each channel, as in our files: 0.591; where weights lie mostly on one side of zero,
# a symmetric grid leaves levels unused.
#
# ## Who is channel 24?
#
# As trained it was the second narrowest of all. After folding it is more than seven times as wide as
# any other.

# %% jupyter={"source_hidden": true}
quiz(
    "Why did folding make channel 24 so wide?",
    {
        "its gamma is huge": "It is 0.89; those of the others lie between 0.7 and 1.7.",
        "its variance is next to nothing": "The factor divides by its root. Only epsilon keeps that from "
        "growing without end.",
        "its weights are large": "They were among the smallest of all.",
        "its mean is far from zero": "The mean is not in the factor.",
    },
    answer="its variance is next to nothing",
)

# %% [markdown]
# Look at its numbers beside those of its neighbour, and at what comes in: the outputs of the layer
# before, for all 1,442 training digits.

# %%
gamma, beta, mean, variance = digits_net.get_layer("block2_depthwise_norm").get_weights()
inputs = keras.Model(digits_net.input, digits_net.get_layer("block2_depthwise").input)
came = inputs.predict(x_train, verbose=0)
for c in (23, 24):
    print(f"channel {c}: gamma {gamma[c]:.2f}, variance {variance[c]:.7f}, widest weight "
          f"{widths(w)[c]:5.2f}, inputs that are not 0: {100 * np.mean(came[..., c] != 0):.0f} %")  # fmt: skip
print(f"gamma / sqrt(epsilon) = {gamma[24] / np.sqrt(norm.epsilon):.1f}")
assert variance[24] < 1e-6 and not came[..., 24].any()
assert widths(w)[24] > 7 * np.delete(widths(w), 24).max()
assert np.argsort(widths(trained[..., 0]))[1] == 24 and 0.7 < gamma.min() < gamma.max() < 1.7

# %% [markdown]
# The channel is *idle*. ReLU never let anything through to it: it adds 0 times its weights, always.
# Training shrank its variance to nothing, epsilon alone was left under the root, and folding blew up
# weights that nobody uses. With one scale for all, these take the levels away from the 31 channels
# that work.
#
# ## Exercise 4: cut it out
#
# An idle channel answers the same for every image: its sum is always the mean, so batch normalisation
# gives `beta`. Set the folded weights of channels with a variance below epsilon to 0 and their folded
# bias to `beta`. Return both.


# %%
def my_cut_idle(weight, bias, beta, variance, epsilon):
    """(weight, bias) with the idle channels cut out, arrays of the same shapes.

    weight: float array (..., channels). bias, beta, variance: (channels,). epsilon: a float.

    >>> two = np.array([1.0, 2.0])
    >>> my_cut_idle(np.array([[5.0, 6.0]]), two, -two, np.array([0.0, 1.0]), 0.001)
    (array([[0., 6.]]), array([-1.,  2.]))
    """
    ### BEGIN SOLUTION
    idle = variance < epsilon
    return np.where(idle, 0, weight), np.where(idle, beta, bias)
    ### END SOLUTION


# %%
check.cut_idle(my_cut_idle)

# %% [markdown]
# What does the cut change? In float nothing. Per tensor at 4 bits, nearly everything.

# %%
cut_out = mine.use(check.cut_idle)
for name in failed:
    w, b = folded_by_hand(name)
    _, beta, _, variance = digits_net.get_layer(f"{name}_norm").get_weights()
    cut, cut_bias = map(np.asarray, cut_out(w, b, beta, variance, norm.epsilon))
    np.testing.assert_allclose(cut_bias, b, atol=1e-4)  # its input was 0: beta already
    in_float = right_with(folded_net, name, lambda w, cut=cut: cut)
    with_cut = right_with(folded_net, name, lambda w, cut=cut: fake_quantized(cut, 4))
    count = int((variance < norm.epsilon).sum())
    print(f"{name}: {count} channel cut; float {in_float:.1f} %, "
          f"4 bits per tensor {right[name][1]:.1f} % -> {with_cut:.1f} %")  # fmt: skip
    assert count == 1 and with_cut > 98 and in_float == right_with(folded_net, name, lambda w: w)

# %% [markdown]
# ## Explore
#
# Before folding above, after it below, on the right what quantization leaves of each folded channel;
# the widest is drawn strongest. Raise `bits` until no channel is lost. Go back to 4 and cut the idle channel.
# Walk through the layers. Then raise the spread of gamma: the upper picture does not move, since gamma
# is not in the weights yet.

# %%
explorer = explorers.folding()
explorer

# %% [markdown]
# In numbers: how many of 32 channels are lost, bits by bits, with and without the idle one; and what a
# spread of 100 does to the median channel at 8 bits.

# %%
lost = {
    cut: [int(explorer.at(bits=n, cut_idle=cut)["lost"].sum()) for n in (8, 6, 5, 4, 3)]
    for cut in (False, True)
}
print("lost at 8, 6, 5, 4 and 3 bits:", lost[False], "- with the idle one cut:", lost[True])
sqnr = {}
for spread in (1, 100):
    found = explorer.at(bits=8, spread=spread)
    sqnr[spread] = [np.median(found[f"sqnr_per_{way}"]) for way in ("tensor", "channel")]
    print(
        f"spread {spread:3}: {sqnr[spread][0]:4.1f} dB per tensor, {sqnr[spread][1]:.1f} per channel"
    )
assert lost[False][3] == 24 and max(lost[True][:4]) == 0
assert sqnr[100][0] < 10 < 45 < sqnr[100][1]

# %% [markdown]
# ## While training
#
# All of this folded a network that was trained already. Lesson 07 trains one that rounds, and there is a
# catch: what has to be rounded are the *folded* weights, for these will lie in the file. But while it
# trains, a batch normalisation divides by the variance of the present batch, so the factor is another one
# every time. Take one layer, one scale, 8 bits, and 45 batches of 32 digits. No weight moves. How many
# levels do?


# %%
layer, norm = (digits_net.get_layer(f"block1_pointwise{end}") for end in ("", "_norm"))
sums = keras.Model(digits_net.input, layer.output)
(weight,), (gamma, beta, _, variance) = layer.get_weights(), norm.get_weights()
batches = [x_train[i : i + 32] for i in range(0, 1440, 32)]


def factor_of(variance):
    return gamma / np.sqrt(variance + norm.epsilon)


def folded_levels(variance):
    folded = weight * factor_of(variance)
    return np.rint(folded / np.abs(folded).max() * 127)


by_batch = np.array([folded_levels(np.var(sums(x), axis=(0, 1, 2))) for x in batches])
changed = np.mean(by_batch[1:] != by_batch[:-1])
print(f"levels that the next batch changes: {changed:.0%}")
assert 0.4 < changed < 0.55

# %% [markdown]
# Nearly half of the levels jump from batch to batch, and nothing was learned. So one takes the *moving*
# statistics for the rounding: they change slowly, and they are what the file will fold. Then the factor is
# divided out again:
#
# $$\hat w = \mathrm{round}\left(\frac{w \cdot \mathrm{factor}}{\mathrm{step}}\right) \cdot
# \frac{\mathrm{step}}{\mathrm{factor}}.$$
#
# The convolution computes with these, and the batch normalisation behind it works as ever, with each
# batch's own mean and variance. Do it by hand for one batch, and hold it against the layer that
# `quantize_aware` makes. The control takes `w` as it is, unrounded.

# %%
prepared = nets.quantize_aware(digits_net, per_channel=False)
in_training = prepared.get_layer("block1_pointwise")
x = keras.Model(digits_net.input, layer.input)(batches[0])
step = np.abs(weight * factor_of(variance)).max() / 127
rounded = np.round(weight * factor_of(variance) / step) * step / factor_of(variance)


def normalised(w):
    z = tf.nn.conv2d(x, w, 1, "SAME")
    return tf.nn.batch_normalization(z, *tf.nn.moments(z, (0, 1, 2)), beta, gamma, norm.epsilon)


y = in_training(x, training=True)
for name, w in {"rounded, factor divided out": rounded, "not rounded": weight}.items():
    apart = np.abs(normalised(w) - y).max()
    print(f"{name:28} differs by {'less than 0.0001' if apart < 1e-4 else f'{apart:.2f}'}")
assert np.abs(normalised(rounded) - y).max() < 1e-4 < 0.01 < np.abs(normalised(weight) - y).max()

# %% [markdown]
# With a scale for each channel there is nothing to divide out. The factor of a channel stretches its
# weights and its step alike, so the levels are the same with it and without it, at any variance. That is
# one more reason to take a scale for each channel. See whether a single level differs.


# %%
def channel_levels(w):
    return np.rint(w / np.abs(w).max(axis=(0, 1, 2)) * 127)


plain = channel_levels(weight)
for name, var in {"moving variance": variance, "ten times that": 10 * variance}.items():
    differ = int(np.sum(plain != channel_levels(weight * factor_of(var))))
    print(f"{name:16} {differ} of {plain.size} levels differ")
    assert differ == 0 and (gamma > 0).all()

# %% [markdown]
# One gap is left. The network in training divides by the batch's variance, the file by the moving one:
# they are two networks, and training improves the first. `nets.freeze` makes them one: from then on the
# moving statistics hold in training as well, and stand still. How far apart are the two outputs of the
# layer, before and after?

# %%
gaps = {}
for when in ("before", "after"):
    if when == "after":
        nets.freeze(prepared, ranges=False)
    here = in_training(x, training=True), in_training(x, training=False)
    gaps[when] = float(np.abs(here[0] - here[1]).max())
    print(f"{when:6} freezing: training and inference differ by at most {gaps[when]:.2f}")
assert gaps["before"] > 0.1 and gaps["after"] == 0

# %% [markdown]
# When? Late. While weights still move far, moving averages lag behind them; in the last epochs they hardly
# move, and there the network should train as it will run. `quantize_aware` never freezes by itself; you
# call `nets.freeze` and compile again. Or train to the end, and measure the statistics anew on the final
# weights, with `nets.measure_norms`: so it was done for the colour photographs of lesson 07.
#
# Krishnamoorthi's paper (below) does both: it corrects for the factor that differs from batch to batch,
# and freezes after enough steps. Dividing the factor out is that correction.

# %% [markdown]
# ## Keep what is yours
#
# What your checks found right goes into `my_qnn.py`, beside the lessons. Lesson 09 and your own networks
# can take it from there.

# %%
mine.keep(check)

# %% [markdown]
# ## What you have learned
#
# - In inference, batch normalisation is a factor and an offset for each channel. Behind a linear layer
#   both go into weights and bias. Behind an activation it stays, as MUL and ADD.
# - Fold, then quantize: that gives a converter's integers, every one.
# - The factors pull channels apart. One scale per tensor loses those that are narrower than the widest
#   by `2^n - 2` or more; one scale per channel loses none. The widest may be one that does nothing.
# - In training, what is rounded are weights folded with *moving* statistics, the factor divided out again.
#   Freeze late, so that what trains is what will run.

# %% [markdown]
# ## What to read next
#
# - S. Ioffe and C. Szegedy, *Batch Normalization*, 2015, section 3.1: training, inference, and why the
#   second is linear.
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
#   Inference*, 2018, section 3.2: folding while a network is still trained.
# - R. Krishnamoorthi, *Quantizing deep convolutional networks for efficient inference*, 2018, section
#   3.2.2: what goes wrong there, and how to freeze the statistics.
# - M. Nagel et al., *Data-Free Quantization Through Weight Equalization and Bias Correction*, 2019,
#   section 4.1: pulling channels together again, from one layer to the next.
