# %% [markdown]
# # 11 When eight bits fail
#
# Two networks can compute the same and quantize as if they had nothing in common. You will stretch a
# network until its int8 file guesses while its float answers stand still, and win it back without a
# single step of training: first by moving scales from layer to layer, then by choosing how each weight is
# rounded. With three bits the nearest level is seldom the best one. At the end a network whose weights
# have 7 levels is right on 98 of 100 digits, and no label was looked at.
#
# **75 minutes.** You need lessons 04 and 08. TensorFlow is loaded here, which takes some seconds.

# %% [markdown]
# ## What you will learn
#
# - how to break a network without changing what it computes, and how to undo it,
# - why ReLU6 stands in the way, and what a cap for each channel does,
# - why rounding shifts the mean of a layer, and how a bias takes it back,
# - why rounding to nearest is not the best rounding, on two weights and then on a whole layer,
# - how GPTQ rounds, in twenty lines that you can read,
# - what all that is worth at 3 and 2 bits, and which layer deserves more.

# %%
from itertools import product

import numpy as np

from qnn_edu import data, draw, nets, ptq, tflite
from qnn_edu.draw import plots
from qnn_edu.lessons import lesson_11 as check
from qnn_edu.lessons import mine
from qnn_edu.nets import quiet
from qnn_edu.nets.models.stretching import stretch
from qnn_edu.ui import explorers, quiz

keras = quiet.load_keras()

digits_net = nets.load_model(data.asset("digits.keras"))
x_train, _ = data.digits("train")
x_test, y_test = data.digits("test")


def right(answers):
    """How many of 100 test digits are right."""
    return 100 * np.mean(np.argmax(answers, axis=1) == y_test)


# %% [markdown]
# ## The same function
#
# A ReLU lets a positive factor through: `relu(s x) = s relu(x)`. So a channel may be made a hundred times
# larger in one layer, if the next one divides by hundred. `stretch` does that to all channels between two
# layers, with factors of its own for each: the largest is `spread` times the smallest.

# %% jupyter={"source_hidden": true}
quiz(
    "Channels are stretched by a factor of up to 1000. What happens to the float network's answers?",
    {
        "they get worse": "Every factor is divided out again, before anything is added to it.",
        "they stay the same": "To the last digits of float32: its own step is relative, and scales along.",
        "they get larger": "What one layer multiplies by, the next one divides by.",
    },
    answer="they stay the same",
)

# %% [markdown]
# Now the file: int8, one scale for a whole weight, ranges measured on 100 digits. Look at both columns.


# %%
def stretched(spread):
    net = stretch(digits_net, "block1_depthwise_norm", "block1_pointwise", spread=spread, seed=0)
    return stretch(net, "block2_depthwise_norm", "block2_pointwise", spread=spread, seed=1)


def right_in_file(net, **how):
    """Of the test digits, answered in integers by LiteRT."""
    file = nets.convert(net, "int8", calibration=x_train[:100], **how)
    (row,) = nets.compare({"int8": file}, (x_test, y_test), repeats=1)
    return row.accuracy


in_int8 = {}
for spread in (1, 10, 100, 1000):
    net = stretched(spread)
    in_int8[spread] = right_in_file(net, per_channel=False)
    print(f"spread {spread:4}: float {right(net(x_test)):5.1f} %, int8 {in_int8[spread]:5.1f} %")
    np.testing.assert_allclose(net(x_test), digits_net(x_test), atol=1e-5)
assert in_int8[10] > 98 and in_int8[1000] < 40

# %% [markdown]
# At a spread of 1000 the file guesses, and the float network has not changed one answer. One scale for all
# channels of a tensor must reach the largest; the smallest then is a fraction of a level. A scale for each
# channel of the *weights* helps the weights, and only them: activations have one scale for all channels,
# always.

# %%
broken = stretched(1000)
per_channel = right_in_file(broken, per_channel=True)
print(f"a scale for each channel of the weights: {per_channel:.1f} %")
assert per_channel < 60

# %% [markdown]
# ## Undo it without knowing what was done
#
# Take two layers with a ReLU between them: one makes channel `c`, the other reads it. Let `r1` be the
# largest weight with which it is made, `r2` the largest with which it is read. Dividing the first by `s` and
# multiplying the second by it changes nothing. Which `s` makes the two alike?
#
# $$\frac{r_1}{s} = r_2\,s \quad\Rightarrow\quad s = \sqrt{r_1 / r_2}.$$
#
# ## Exercise 1: the factor of each channel
#
# (`check.equalizing_factor.hint()` gives a hint.)


# %%
def my_equalizing_factor(first, second):
    """The factor of each channel, (channels,).

    first: weights (inputs, channels), which make the channels. second: weights (channels,
    outputs), which read them.

    >>> my_equalizing_factor(np.array([[8.0, 1.0]]), np.array([[2.0], [-1.0]]))
    array([2., 1.])
    """
    ### BEGIN SOLUTION
    return np.sqrt(np.abs(first).max(axis=0) / np.abs(second).max(axis=1))
    ### END SOLUTION


# %%
check.equalizing_factor(my_equalizing_factor)

# %% [markdown]
# Two layers of the broken network, folded: a depthwise layer makes 32 channels, a pointwise layer reads
# them. How far do channels differ before and after?

# %%
factor_of = mine.use(check.equalizing_factor)
folded = nets.fold(broken)
made, bias = folded.get_layer("block2_depthwise").get_weights()
read = folded.get_layer("block2_pointwise").get_weights()[0]
first, second = made[..., 0].reshape(9, -1), read[0, 0]
factor = np.asarray(factor_of(first, second))

for name, w in {"before": first, "after": first / factor}.items():
    widest = np.abs(w).max(axis=0)
    print(f"{name:6} the widest channel is {widest.max() / widest.min():8.1f} times the narrowest")
theirs = ptq.equalize(first, bias, second, first_axis=1, second_axis=0)
np.testing.assert_allclose(first / factor, theirs.first, rtol=1e-5)
np.testing.assert_allclose(second * factor[:, None], theirs.second, rtol=1e-5)

# %% [markdown]
# ## Explore: on the way to equal channels
#
# The same two layers, channels set 100 times apart. Before you move *equalized, share*: where on the way
# will int8 be best, and what will the float answers, the diamonds, do? Then make one channel alone 100 times
# larger, and at last a ReLU6 of the ReLU.

# %%
explorer = explorers.equalization()
explorer

# %% [markdown]
# In numbers. The best point may lie a little beside the equal one, for equalizing looks at weights only.

# %%
for share in (0, 0.5, 1, 2):
    found = explorer.at(share=share)
    print(f"share {share:3}: int8 {found['sqnr_db']:4.1f} dB, float moves by {found['moved']:.0e}")
    assert found["moved"] < 1e-5
assert explorer.at(share=1)["sqnr_db"] > 25 > 5 > explorer.at(share=0)["sqnr_db"]

# %% [markdown]
# Each pair of neighbours in turn, and again, for a layer stands in two pairs: what helps one disturbs the
# other, less each time. `nets.equalize` goes on until every factor is 1.

# %%
equalized = nets.equalize(broken)
np.testing.assert_allclose(equalized(x_test), digits_net(x_test), atol=1e-4)
won_back = right_in_file(equalized, per_channel=False)
print(f"int8 with one scale a tensor: {in_int8[1000]:.1f} % -> {won_back:.1f} %")
assert won_back > 99

# %% [markdown]
# No data, no label, no training. And the end does not depend on what was done: whatever the stretching, the
# weights come out the same, for the point at which all factors are 1 is one.

# %%
one, other = (nets.equalize(stretched(spread)).get_weights() for spread in (1, 1000))
apart = max(np.abs(a - b).max() / np.abs(a).max() for a, b in zip(one, other, strict=True))
print(f"from spread 1 and from spread 1000: weights differ by less than {1e-3:g} of the largest")
assert apart < 1e-3

# %% [markdown]
# ## ReLU6 is in the way
#
# MobileNet's activation is `min(max(x, 0), 6)`. Put a factor through it and see what comes out.

# %% jupyter={"source_hidden": true}
quiz(
    "x = 10 and s = 2. What is s * relu6(x / s)?",
    {
        "6": "relu6(10) is 6, but inside stands 10 / 2, which is below the cap.",
        "10": "relu6(5) is 5, and times 2 it is 10; relu6(10) is 6. The cap did not scale along.",
        "12": "The cap of 6 would be reached from x / s = 6 on.",
    },
    answer="10",
)

# %% [markdown]
# So `relu6(s x)` is not `s relu6(x)`, and the trick is none any more. The same stretched networks, each ReLU
# cut off at 6: look at the *float* answers, which stood still before.


# %%
def with_relu6(net):
    """The same network, each ReLU cut off at 6."""

    def capped(layer):
        if isinstance(layer, keras.layers.ReLU):
            return keras.layers.ReLU(6.0, name=layer.name)
        return type(layer).from_config(layer.get_config())

    copy = keras.models.clone_model(net, clone_function=capped)
    copy.set_weights(net.get_weights())
    return copy


in_float = {spread: right(with_relu6(stretched(spread))(x_test)) for spread in (1, 100, 1000)}
for spread, accuracy in in_float.items():
    print(f"spread {spread:4}: float {accuracy:5.1f} %")
assert in_float[1] > 99 and round(in_float[1] - in_float[1000]) == 59

# %% [markdown]
# Nagel et al. make every ReLU6 a ReLU, which is another network again. Exact is a cap for each channel that
# scales along.
#
# ## Exercise 2: the cap that scales along
#
# The layer before has been divided by `factor`, channel by channel. Return what the activation has to put
# out, so that times `factor` it is `relu6` of what came before.


# %%
def my_scaled_relu6(x, factor):
    """The activations of the divided layer: x (n, channels) came in, factor (channels,).

    >>> my_scaled_relu6(np.array([[5.0, 5.0, -1.0]]), np.array([2.0, 1.0, 1.0]))
    array([[3., 5., 0.]])
    """
    ### BEGIN SOLUTION
    return np.minimum(np.maximum(x, 0), 6 / factor)
    ### END SOLUTION


# %%
check.scaled_relu6(my_scaled_relu6)

# %% [markdown]
# Put it behind a layer whose channels were divided by anything from 0.03 to 30. Multiplied back, is it the
# ReLU6 that it was? The control leaves the cap at 6.

# %%
relu6_of = mine.use(check.scaled_relu6)
net6 = with_relu6(digits_net)
came = keras.Model(net6.input, net6.get_layer("block3_pointwise_norm").output)(x_test)
came = np.asarray(came).reshape(-1, came.shape[-1])
factor = np.geomspace(0.03, 30, came.shape[1], dtype=np.float32)
wanted = np.clip(came, 0, 6)

for name, got in {
    "a cap that scales along": np.asarray(relu6_of(came / factor, factor)) * factor,
    "a cap of 6": np.clip(came / factor, 0, 6) * factor,
}.items():
    print(f"{name:23}: off by at most {np.abs(got - wanted).max():.4f}")
np.testing.assert_allclose(relu6_of(came / factor, factor) * factor, wanted, rtol=1e-5)

# %% [markdown]
# `nets.equalize` gives each channel its cap. On the digits the float answers stand still; on a MobileNet that
# was trained on colour photographs for 20 epochs, this was recorded. In which row do float and
# *per tensor* agree, and which row has the float answers of the first?

# %%
np.testing.assert_allclose(nets.equalize(net6)(x_test), net6(x_test), atol=1e-5)
recorded = data.recorded_equalization()
print(f"{'MobileNet v1, % right':34}", *recorded["as trained"], sep="   ")
for name, row in recorded.items():
    print(f"{name:34}", *(f"{row[way]:{len(way)}.2f}" for way in row), sep="   ")
trained, exact = recorded["as trained"], recorded["equalized, a cap for each channel"]
assert exact["float"] == trained["float"] > trained["int8 per tensor"] + 30
assert exact["float"] - exact["int8 per tensor"] < 0.5
six, relu = (recorded[f"equalized, ReLU6 {how}"] for how in ("left in", "made ReLU"))
assert six == relu and 0.2 < exact["float"] - relu["float"] < 0.4

# %% [markdown]
# One scale a tensor lost 33 points, and equalizing brings them back. In this network the caps came out below
# 6 nearly everywhere, so a ReLU6 that is left in cuts nothing off any more: it costs what a ReLU costs, 0.3
# points. In the stretched digits network above it cost 59. A cap for each channel is exact in both, at the
# price of one operator more.

# %% [markdown]
# ## A mean that shifts
#
# Now few bits. Round the weights of one layer to 3 bits, 7 levels, and look at the mean of each of its
# outputs over the training digits. The error of a weight is always the same one, and inputs behind a ReLU are
# never negative: over many inputs nothing cancels.

# %%
folded = nets.fold(digits_net)
layer = folded.get_layer("block2_pointwise")
kernel, bias = layer.get_weights()
w = kernel[0, 0]  # (32 inputs, 64 outputs)
x = np.asarray(keras.Model(folded.input, layer.input)(x_train)).reshape(-1, len(w))
step = np.abs(w).max(axis=0) / 3
nearest = step * np.clip(np.rint(w / step), -3, 3)
shift = x.mean(axis=0) @ (nearest - w)
spread = (x @ (nearest - w)).std(axis=0)
print(f"the mean of an output moves by up to {np.abs(shift).max():.2f}")
print(f"that is {np.mean(shift**2) / np.mean(shift**2 + spread**2):.0%} of the squared error")

# %% [markdown]
# The bias can take that back: it is added to every output.
#
# ## Exercise 3: correct the bias


# %%
def my_corrected_bias(bias, weight, rounded, mean):
    """The bias with which the rounded layer has the mean outputs of the float one, (outputs,).

    bias: (outputs,). weight, rounded: (inputs, outputs). mean: of the inputs, (inputs,).

    >>> my_corrected_bias(np.zeros(1), np.array([[0.4], [0.4]]), np.array([[0.0], [0.5]]),
    ...                   np.array([1.0, 2.0])).round(2)
    array([0.2])
    """
    ### BEGIN SOLUTION
    return bias + mean @ (weight - rounded)
    ### END SOLUTION


# %%
check.corrected_bias(my_corrected_bias)

# %% [markdown]
# Put it to use. Are the means back, and did the squared error fall with them?

# %%
bias_of = mine.use(check.corrected_bias)
corrected = bias_of(bias, w, nearest, x.mean(axis=0))
before = x @ (nearest - w)
after = before + (corrected - bias)
for name, error in {"before": before, "after": after}.items():
    means = np.abs(error.mean(axis=0)).max()
    print(f"{name:6} means off by at most {means:.2f}, squared error {np.mean(error**2):.3f}")
assert np.abs(after.mean(axis=0)).max() < 1e-3 and np.mean(after**2) < np.mean(before**2)

# %% [markdown]
# ## Nearest is not best
#
# Two inputs that are nearly always equal, two weights, 0.4 and 0.4, and levels at whole numbers. Each
# weight may go down or up: four roundings. Which one keeps the output?

# %% jupyter={"source_hidden": true}
quiz(
    "Which pair of levels keeps the sum 0.4 x + 0.4 x best?",
    {
        "0 and 0": "Each weight is at its nearest level, and the sum 0.8 x becomes 0.",
        "0 and 1": "One weight is off by 0.6, the worse choice for itself; the sum is x, off by 0.2 x.",
        "1 and 1": "2 x is farther from 0.8 x than x is.",
    },
    answer="0 and 1",
)

# %% [markdown]
# What counts is the error of the *output*, `x @ (q - w)`, whose mean square is `e @ H @ e` with `H` the
# second moments of the inputs. Off its diagonal stands how far errors can cancel. Try all roundings of two
# weights, then of ten weights of the layer above: 1024 of them, each weight down or up.


# %%
def best_of_all(w, H):
    """The best of all 2**n roundings down or up to whole numbers, and its error."""
    ways = np.floor(w) + np.array(list(product((0, 1), repeat=len(w))))
    errors = np.einsum("ki,ij,kj->k", ways - w, H, ways - w)
    return ways[errors.argmin()], errors.min()


H = np.array([[1.0, 0.9], [0.9, 1.0]])
print("two weights:", best_of_all(np.array([0.4, 0.4]), H)[0])

ten = x[:, :10]
H10, w10 = ten.T @ ten / len(ten), (w / step)[:10, 0]
least = best_of_all(w10, H10)[1]
e = np.rint(w10) - w10
print(f"ten weights: nearest leaves {e @ H10 @ e / least:.1f} times the least error")
assert e @ H10 @ e > 1.5 * least

# %% [markdown]
# ## Explore: down or up
#
# These ten weights again. To the right the error of the weights, upwards that of the output; nearest is the
# leftmost of all 1024 points. Is it the lowest? Flip one box at a time and get as low as you can, before you
# press *best of all*. Then look at output 49, and at output 27 with *gptq*.

# %%
explorer = explorers.rounding()
explorer

# %% [markdown]
# One flip goes most of the way: the weights are farther off, and their errors cancel.

# %%
flipped = explorer.at(flip_2=True)
error = flipped["here"][1]
print(f"output error {error:.2f} of nearest's; of 1024 roundings {flipped['rank']} is better")
assert error < 0.5 and flipped["rank"] < 5

# %% [markdown]
# ## One after the other
#
# All roundings of 1024 weights nobody can try. GPTQ goes through them one by one: round a weight to
# nearest, then let all weights that are *not yet* rounded move, in float, so that the output changes as
# little as it can. How much each moves follows from `H`: with `U` the upper triangle of the Cholesky factor
# of its inverse, after weight `i` was changed by `q - w`,
#
# $$w_j \mathrel{-}= \frac{w_i - q_i}{U_{ii}}\;U_{ij} \qquad\text{for } j > i.$$
#
# ## Exercise 4: what the others make up for


# %%
def my_made_up(w, i, q, U):
    """The weights after weight i was rounded to q: that one is q, later ones have moved.

    w: (n,) float. q: a number. U: (n, n), upper triangular. Weights before i stay as they are.

    >>> my_made_up(np.array([0.4, 0.4]), 0, 0.0, np.array([[1.0, -1.0], [0.0, 1.0]]))
    array([0. , 0.8])
    """
    ### BEGIN SOLUTION
    return w - (w[i] - q) / U[i, i] * U[i]
    ### END SOLUTION


# %%
check.made_up(my_made_up)

# %% [markdown]
# And with it GPTQ, whole. All outputs of a layer share `H`, and each is a problem of its own. Loud inputs come
# first: what is rounded late has few left to make up for it.

# %%
made_up_of = mine.use(check.made_up)


def gptq(weight, step, H, highest):
    """Rounded weights (inputs, outputs), real numbers on the grid of `step` (outputs,)."""
    n = len(weight)
    H = H + 0.01 * np.mean(np.diag(H)) * np.eye(n)  # or silent inputs would move without bound
    order = np.argsort(-np.diag(H), kind="stable")
    U = np.linalg.cholesky(np.linalg.inv(H[np.ix_(order, order)])).T
    rounded = np.empty(weight.shape)
    for c in range(weight.shape[1]):
        moving = weight[order, c].astype(float)
        for i in range(n):
            level = np.clip(np.rint(moving[i] / step[c]), -highest, highest)
            moving = made_up_of(moving, i, step[c] * level, U)
        rounded[order, c] = moving
    return rounded


# %% [markdown]
# ## Again, and up or down
#
# GPTQ looks at each weight once. Two go on from there. `descend` looks at every weight again, all others as
# they are, until none can do better alone, and lets the step follow. `adaround` starts with every weight
# between its two levels and learns by gradient descent whether it goes up or down; a penalty that grows
# forces a decision. All four on the layer above, 3 bits, judged on the other half of the digits: the error
# of its outputs, as a share of that of rounding to nearest.

# %%
here, held_out = np.split(x[: len(x) // 2 * 2], 2)
H = here.T @ here / len(here)
ours = gptq(w, step, H, 3)
theirs = {name: ptq.ROUNDINGS[name](w, step, H, bits=3) for name in ptq.ROUNDINGS}
np.testing.assert_allclose(ours, theirs["gptq"].weight, atol=1e-5)

left = {name: np.mean((held_out @ (q.weight - w)) ** 2) for name, q in theirs.items()}
for name, error in left.items():
    print(f"{name:9} {error / left['nearest']:5.2f}")
print(f"adaround left {theirs['adaround'].undecided:.1%} of the weights undecided")
assert left["gptq"] < 0.6 * left["nearest"]

# %% [markdown]
# ## The ladder
#
# Layer after layer through the whole network, each looking at what the rounded layers before it put out:
# `nets.quantize_trained` does that, here with 200 digits and no label. Each rung adds something: steps of
# the least error instead of the widest weight, means kept by the bias, roundings chosen.

# %%
rungs = {
    "to nearest": "nearest",
    "steps of least error": "mse",
    "means kept": "bias",
    "GPTQ": "gptq",
    "descent": "descend",
    "AdaRound": "adaround",
}


def climbed(**bits):
    """Of the test digits, what is right after each rung."""
    return {
        name: right(nets.quantize_trained(digits_net, x_train[:200], rounding=r, **bits)(x_test))
        for name, r in rungs.items()
    }


# %% [markdown]
# Two columns: 3 bits for weights and activations; 2 bits for weights, 8 for activations. Guess how far each
# rung gets.

# %% tags=["nbval-ignore-output"]
three, two = climbed(weight_bits=3, activation_bits=3), climbed(weight_bits=2, activation_bits=8)
for name in rungs:
    print(f"{name:20} 3 and 3 bits: {three[name]:5.1f} %   2 and 8 bits: {two[name]:5.1f} %")
assert three["to nearest"] < 70 and min(three["means kept"], three["GPTQ"]) > 97
assert two["to nearest"] < 50 and two["descent"] > max(96, two["means kept"] + 2)

# %% [markdown]
# Seven levels, from half right to nearly all, in seconds. On so small a network keeping the means is most
# of it; with three levels the roundings have to be chosen as well.
#
# Digits are easy. The same ladder was climbed with ResNet-8 on the colour photographs of CIFAR-10, given
# training images without labels, and its *files* judged on 10,000 others. Where is it still steep?

# %%
recorded = data.recorded_ladder()
resnet_three = {name: recorded["W3A3"][rounding] for name, rounding in rungs.items()}
resnet_float = recorded["float"]["none"]

figure = draw.style.figure(9, 3.2)
left_ax, right_ax = figure.subplots(1, 2)
plots.ladder(three, float_accuracy=right(digits_net(x_test)), title="Digits", ax=left_ax)
plots.ladder(resnet_three, float_accuracy=resnet_float, title="ResNet-8, CIFAR-10", ax=right_ax)
draw.show(
    right_ax, "With 3 bits, rounding to nearest leaves half; the last rungs nearly reach float."
)
assert resnet_three["GPTQ"] > resnet_three["means kept"] + 1
assert resnet_three["to nearest"] < 55 and resnet_float - resnet_three["descent"] < 3

# %% [markdown]
# ## Which layer deserves more bits
#
# Not all layers suffer alike. `nets.mixed_bits` begins with 8 bits everywhere and takes them away step by
# step, each time where the answers change least for the bits saved. It looks at what it rounded, and at no
# label: the change is the divergence of the answers from the float network's, `sum(p log(p / q))`.

# %%
mixed = nets.mixed_bits(digits_net, x_train[:200], 2.5)
for name, bits in mixed.bits.items():
    print(f"{name:17} {bits} bits")
print(f"on average {mixed.average:.2f} bits a weight")

accuracy = {
    name: right(nets.quantize_trained(digits_net, x_train[:200], weight_bits=bits)(x_test))
    for name, bits in {"3 everywhere": 3, "mixed": mixed.bits, "2 everywhere": 2}.items()
}
for name, found in accuracy.items():
    print(f"{name:13} {found:5.1f} %")
assert accuracy["mixed"] > accuracy["2 everywhere"] + 0.5 and mixed.average < 2.5
assert abs(accuracy["mixed"] - accuracy["3 everywhere"]) < 0.6  # two digits of 355

# %% [markdown]
# Fewer bits than 2.5 on average, and as right as 3 everywhere.
#
# Now you. All layers begin with 3 bits: before you move a slider, say which layer you would give more, and
# which could do with 2. The largest need not suffer most. Can you get below the line of the greedy search?

# %%
explorer = explorers.mixed_bits()
explorer

# %% [markdown]
# ## What is gained, and what is not
#
# A level of 4 bits in a `.tflite` file of int8 fills a byte all the same. Only where a file stores int4 is
# it smaller, which LiteRT has for weights of convolutions and dense layers.

# %%
few = nets.quantize_trained(digits_net, x_train[:200], weight_bits=4)
in_bytes = nets.convert(few, "int8", io="float32")
files = {
    "int8": nets.convert(digits_net, "int8", calibration=x_train[:100]),
    "4 bits in bytes": in_bytes,
    "4 bits in int4": tflite.pack_int4(in_bytes),
}
for row in nets.compare(files, (x_test, y_test), repeats=1):
    print(f"{row.name:15} {row.size:,} bytes, {row.accuracy:.1f} %")
assert len(files["4 bits in int4"]) < 0.9 * len(in_bytes)

# %% [markdown]
# The first and the last layer keep their 8 bits, and depthwise layers have no int4 in all kernels. Nothing is
# faster: LiteRT's fast kernels take int8, and ResNet-8 with int4 weights ran four times as long here.

# %% [markdown]
# ## And then train
#
# The rounded network is a start, and the float one a teacher. `nets.take_levels` carries levels and steps
# over into a network that still has its normalisations, and `nets.distill` lets it learn the float
# network's answers, wrong classes included: how much a 3 looks like an 8 is more than a label says.
#
#     student = nets.quantize_aware(digits_net, weight_bits=2, activation_bits=2, ranges="learned")
#     taught = nets.distill(nets.take_levels(student, rounded), digits_net)
#     taught.compile("adam", "sparse_categorical_crossentropy")
#     taught.fit(x_train, y_train)
#
# `docs/results.md` has what it is worth on colour photographs.

# %% [markdown]
# ## Yours
#
# Bring a trained Keras model and some hundred inputs, without labels:
#
#     copy = nets.quantize_trained(nets.equalize(model), inputs, weight_bits=4)
#     content = nets.convert(copy, "int8", io="float32")
#
# Or let `nets.diagnose`, of lesson 10, try what is on this ladder when int8 fails; in a terminal,
# `qnn-edu diagnose`.

# %% [markdown]
# ## Keep what is yours

# %%
mine.keep(check)

# %% [markdown]
# ## What you have learned
#
# - The same function can be written so that eight bits fail, and so that they do. Scales can move from a
#   layer to the next one, and equalizing finds the place where all channels are alike.
# - A cap does not scale along by itself: ReLU6 needs one for each channel.
# - Rounding shifts means where inputs have a sign; a bias takes that back.
# - What counts is the error of outputs, not of weights. Errors can cancel, and GPTQ lets them.
# - At 3 bits that is the difference between guessing half and being right, without a label.

# %% [markdown]
# ## What to read next
#
# - M. Nagel et al., *Data-Free Quantization Through Weight Equalization and Bias Correction*, 2019,
#   sections 4.1 and 4.2.
# - M. Nagel et al., *Up or Down? Adaptive Rounding for Post-Training Quantization*, 2020, section 3: why
#   nearest is not best.
# - E. Frantar et al., *GPTQ*, 2023, section 3, and the paper that it stands on: B. Hassibi and D. Stork,
#   *Optimal Brain Surgeon*, 1993.
# - M. Nagel et al., *A White Paper on Neural Network Quantization*, 2021, section 3: the ladder.
# - G. Hinton et al., *Distilling the Knowledge in a Neural Network*, 2015, section 2.
