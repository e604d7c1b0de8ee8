# %% [markdown]
# # 07 Quantization-aware training
#
# With 8 bits a trained network is simply converted. With 4, 3 or 2 it falls apart. The remedy: let it
# feel the rounding while it learns. One call prepares a network for that, and what comes out converts
# without calibration data. You will look into the call, into the ranges that follow training, and at
# weights that cannot make up their mind.
#
# **75 minutes.** You need lessons 03, 05 and 06. TensorFlow is loaded here and networks are trained,
# for about half a minute altogether.

# %% [markdown]
# ## What you will learn
#
# - where fake quantizers go when a whole network is prepared, and where not,
# - how a range follows the batches of training, how that goes wrong, and what delay is for,
# - how much accuracy training gives back, bits by bits,
# - that the file which comes out is integer only, and uses 16 levels when it was trained with 4 bits,
# - why some weights swing between two levels, and what calms them.

# %%
import numpy as np

import qnn_edu
from qnn_edu import data, draw, engine, nets, params_from_range, ranges, tflite
from qnn_edu.draw import plots
from qnn_edu.lessons import lesson_07 as check
from qnn_edu.nets import quiet
from qnn_edu.nets.qat.layers import FakeQuantActivation
from qnn_edu.ui import explorers, quiz

keras = quiet.load_keras()
x_train, y_train = data.digits("train")
x_test, y_test = data.digits("test")

# %% [markdown]
# ## One call
#
# The digits network, trained in float, and a copy of it prepared for 4 bits. Compare the two lists of
# layers. What has come, and what has gone?

# %%
digits_net = nets.load_model(data.asset("digits.keras"))
prepared = nets.quantize_aware(digits_net, weight_bits=4, activation_bits=4)
print("as trained:", *(layer.name for layer in digits_net.layers[:7]), "...")
print("prepared:  ", *(layer.name for layer in prepared.layers[:7]), "...")
assert not [layer.name for layer in prepared.layers if layer.name.endswith("_norm")]

# %% [markdown]
# Batch normalisations have gone into the layers before them (lesson 08 is about that). Behind the
# image and behind each ReLU stands a new layer, a fake quantizer for an activation. Weights are rounded
# inside their layers, where you do not see it yet.

# %% jupyter={"source_hidden": true}
quiz(
    "Convolution, bias, ReLU: between the convolution and its ReLU there is no fake quantizer. Why?",
    {
        "it was forgotten": "It would simulate a rounding that never happens.",
        "the integer kernel does not round there": "It adds up in int32, bias included, and rounds once, "
        "after the ReLU. One fake quantizer for each rounding of the kernel, and none besides.",
        "ReLU needs no rounding": "What ReLU puts out is rounded; what goes into it is not.",
        "to save time in training": "It does save some. But the kernel decides, not the clock.",
    },
    answer="the integer kernel does not round there",
)

# %% [markdown]
# A small network is easier to draw than the digits one: convolution, normalisation, ReLU, and a dense
# layer. This is the graph that the converter gets once it is prepared. Orange: fake quantizers. Find the
# two on weights and the three on activations.


# %%
def small_network():
    keras.utils.set_random_seed(0)
    image = keras.Input((8, 8, 1), name="image")
    x = keras.layers.Conv2D(4, 3, use_bias=False, name="conv")(image)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.ReLU(name="relu")(x)
    return keras.Model(image, keras.layers.Dense(2, name="dense")(keras.layers.Flatten()(x)))


small = nets.quantize_aware(small_network())

# %% [markdown]
# Follow the arrows from the image down, then on in the right column. A `Const` is a number or an array that
# the graph holds: weights, ends of ranges, the shape that Reshape makes.

# %% tags=["nbval-ignore-output"]
draw.diagram(nets.tensorflow_graph(small))

# %% [markdown]
# In the digits network there are more of them, by the same rule: one for the image, one for each ReLU,
# one for the mean, one for the scores, and one for each layer with weights.

# %%
placed = [op for op in nets.tensorflow_graph(prepared).operators if op.name.startswith("FakeQuant")]
on_weights = [op for op in placed if op.options.get("narrow_range")]
relus = [layer for layer in prepared.layers if isinstance(layer, keras.layers.ReLU)]
print(f"{len(placed)} fake quantizers, {len(on_weights)} of them on weights; {len(relus)} ReLUs")
assert len(on_weights) == 8 and len(placed) - 8 == 1 + len(relus) + 2

# %% [markdown]
# ## Weights
#
# How is a weight rounded in training? Symmetric and narrow, so that 0 is a level and the zero point is
# 0, with a scale for each output channel, from the largest weight of the moment. Nothing is averaged:
# weights are all there, at each step.
#
# ## Exercise 1: weights as training sees them
#
# `w` is the kernel of a convolution, (height, width, input channels, output channels). Return it
# fake-quantized. (`check.weights.hint()` gives a hint.)


# %%
def my_weights(w, bits):
    ### BEGIN SOLUTION
    qmax = 2 ** (bits - 1) - 1
    scale = np.abs(w).max(axis=(0, 1, 2)) / qmax
    return np.round(w / scale) * scale
    ### END SOLUTION


# %%
check.weights(my_weights)

# %% [markdown]
# The prepared layer, the package and the solution agree. The layer's `exported_weights` gives whole
# levels, which will lie in the file. How many of them do 4 bits leave on a narrow grid?

# %%
layer = prepared.get_layer("block2_pointwise")
kernel = np.asarray(layer.kernel)
levels, _, _ = layer.exported_weights()
by_hand = check.weights.solution(kernel, 4)
options = {"bits": 4, "symmetric": True, "narrow_range": True, "axis": 3}
package = qnn_edu.fake_quant(kernel, params_from_range(*ranges.min_max(kernel, axis=3), **options))
np.testing.assert_allclose(by_hand, package, atol=1e-6)
step = np.abs(kernel).max(axis=(0, 1, 2)) / 7
np.testing.assert_array_equal(np.abs(levels), np.abs(np.rint(by_hand / step)))
print(f"levels {levels.min():.0f} to {levels.max():.0f}: {len(np.unique(levels))} of them")
assert len(np.unique(levels)) == 15

# %% [markdown]
# ## Activations: a range that follows
#
# Activations are never all there; they come batch by batch, and they change while the network learns.
# To see how, train a *fresh* network with a delay so long that nothing is ever rounded, and record one
# quantizer's range. Momentum 0 makes it the largest value of each batch, without memory.


# %%
def train(model, *, epochs, rate, batch=32, decay=True, watch=lambda: None):
    steps = epochs * -(-len(x_train) // batch)
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps) if decay else rate
    model.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy")
    after = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: watch())
    model.fit(x_train, y_train, batch_size=batch, epochs=epochs, verbose=0, callbacks=[after])


# %% [markdown]
# One epoch of 46 batches. `dense_quant` is the quantizer behind the scores. Where do the largest scores
# go, as the network learns?

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(0)
fresh = nets.quantize_aware(nets.models.digits_net(), delay=10**6)
scores, seen = fresh.get_layer("dense_quant"), []
scores.momentum = 0.0
train(fresh, epochs=1, rate=2e-3, decay=False, watch=lambda: seen.append(scores.grid()[1]))
maxima = np.array(seen)
print(f"first ten batches {maxima[:10].mean():.2f} on average, last ten {maxima[-10:].mean():.2f}")
assert len(maxima) == 46 and maxima[-10:].mean() > 1.4 * maxima[:10].mean()

# %% [markdown]
# They grow, and from one batch to the next they jump. A range should follow the first and not the
# second, hence a **moving average**:
#
# $$\mathrm{range} \leftarrow m \cdot \mathrm{range} + (1 - m) \cdot \mathrm{largest}$$
#
# with a momentum $m$ near 1. That leaves a question: what is the range before the first batch?

# %% jupyter={"source_hidden": true}
quiz(
    "Momentum 0.99, begun at 0. All batches have the largest value 4. What is the range after 46 batches?",
    {
        "4": "That would be so had it begun at the first batch.",
        "about 3.6": "The old range keeps 0.99 of itself each time; 46 times is not enough for that.",
        "about 1.5": "4 (1 - 0.99^46) = 1.48. For a whole epoch most values above would be clipped.",
        "0.04": "That is the range after the first batch alone.",
    },
    answer="about 1.5",
)


# %% [markdown]
# Write it, with both starts, and compare: the package's `MovingAverage`, fed batch by batch, and the
# layer that stands in prepared networks.


# %%
def follow(largest, momentum, start):
    track = [start]
    for value in largest:
        track.append(momentum * track[-1] + (1 - momentum) * value)
    return np.array(track[1:])


mine = follow(maxima, 0.99, start=maxima[0])
average, layer = ranges.MovingAverage(0.99), FakeQuantActivation(8, positive=True, momentum=0.99)
package, in_keras = [], []
for value in maxima.astype(np.float32):
    package.append(average(np.array([0, value]))[1])
    layer(np.array([[value]]), training=True)
    in_keras.append(layer.grid()[1])
np.testing.assert_allclose(package, mine, rtol=1e-5)
np.testing.assert_allclose(in_keras, mine, rtol=1e-5)
print(f"{len(mine)} ranges, three ways: no difference")

# %% [markdown]
# Now the picture: two momentums that begin at the first batch, and the control that begins at zero.
# Which line would you want to be rounded with?

# %% tags=["nbval-ignore-output"]
lines = {
    "momentum 0.9": follow(maxima, 0.9, maxima[0]),
    "momentum 0.99": mine,
    "momentum 0.99, begun at zero": follow(maxima, 0.99, 0.0),
}
draw.show(
    plots.moving_ranges(maxima, lines),
    "Dots climb from batch to batch. At momentum 0.9 the range follows them, at 0.99 it hardly moves, "
    "and begun at zero it stays far below.",
)
late = {name: line[-1] / maxima[-10:].mean() for name, line in lines.items()}
for name, share in late.items():
    print(f"{name:29} ends at {share:.0%} of the last batches' largest value")
quick, slow, zero = late.values()
assert zero < slow < quick and zero < 0.45 and quick > 0.75 and len(x_train) % 32 == 2

# %% [markdown]
# (The last dot lies low: its batch holds the two images that were left over.)
#
# Begun at zero it is wrong for a whole epoch. Begun at the first batch it is right at once, and then it
# lags while the network changes fast. A trained network changes slowly, so 0.99 is fine for fine-tuning.
#
# ## Exercise 2: the range after each batch
#
# Return an array: the range after the first batch, after the second, and so on.


# %%
def my_ranges(momentum, maxima):
    ### BEGIN SOLUTION
    track = [maxima[0]]
    for value in maxima[1:]:
        track.append(momentum * track[-1] + (1 - momentum) * value)
    return np.array(track)
    ### END SOLUTION


# %%
check.ranges(my_ranges)

# %% [markdown]
# ## Delay
#
# While ranges are wrong, rounding with them does harm: what is clipped gets no gradient (lesson 06).
# **Delay** lets a number of batches pass unrounded while the range is being found. Here with 2 bits,
# a delay of 2 and the same batch three times. When does it begin to round?

# %%
quantizer = FakeQuantActivation(2, positive=True, delay=2)
batch = np.float32([[0.1, 0.7, 3.0]])
outs = [np.asarray(quantizer(batch, training=True)) for _ in range(3)]
for number, out in enumerate(outs, 1):
    print(f"batch {number}: {out[0]}")
assert (outs[0] == batch).all() and (outs[1] == batch).all() and (outs[2] == [[0, 1, 3]]).all()

# %% [markdown]
# How much would the delay have saved on the recorded batches? Take the range begun at zero, and count
# the batches whose largest value is clipped to less than half of itself. The control begins at the first
# batch: it clips some batches as hard, for it lags while the scores grow.

# %%
share = lines["momentum 0.99, begun at zero"] / maxima
print(f"clipped to less than half: {np.sum(share < 0.5)} of {len(maxima)} batches;"
      f" begun at the first batch: {np.sum(mine / maxima < 0.5)}")  # fmt: skip
assert np.sum(share < 0.5) > 30 > np.sum(mine / maxima < 0.5)

# %% [markdown]
# ## Exercise 3: rounding that waits
#
# `x` holds a batch a row, none of it negative; `hi` the range after each batch. The first `delay` batches
# pass as they are, the others are fake-quantized with levels from 0 to hi of their own batch.


# %%
def my_delayed(x, hi, bits, delay):
    ### BEGIN SOLUTION
    scale = hi[:, None] / (2**bits - 1)
    rounded = np.clip(np.round(x / scale), 0, 2**bits - 1) * scale
    return np.where(np.arange(len(x))[:, None] < delay, x, rounded)
    ### END SOLUTION


# %%
check.delayed(my_delayed)

# %% [markdown]
# ## Explore
#
# Above, a range that follows 120 made-up batches, which grow at first; below, what 4 bits leave of each
# batch. Let it begin at zero, and give it a delay. Then begin at the first batch again and lower the
# momentum to 0: the median gets better. Multiply the largest value of batch 70 by 10, and walk through
# the momentums. Which range would you store in a file, if training had stopped just there?

# %%
explorer = explorers.training()
explorer

# %% [markdown]
# In numbers: the worst batch among the first 20 for both starts; then the range after batch 71, which
# has nothing wrong with it, and before which the outlier came.

# %%
first = {}
for start in ("first batch", "zero"):
    found = explorer.at(start=start, momentum=0.95)
    first[start] = found["sqnr_db"][:20].min()
    print(f"begun at {start + ':':12} worst of the first 20 batches {first[start]:4.1f} dB")
after = {}
for momentum in (0.0, 0.5, 0.9, 0.99):
    after[momentum] = explorer.at(momentum=momentum, outlier=10.0)["range"][71]
    print(f"momentum {momentum:4}: one batch after the outlier the range is {after[momentum]:5.1f}")
assert (
    first["zero"] < 3 < 8 < first["first batch"]
    and after[0.5] > 1.5 * after[0.9] > 1.5 * after[0.99]
)

# %% [markdown]
# ## What post-training quantization leaves
#
# Now the numbers that matter. First without training: prepare, show four batches so that activation
# ranges settle, and count right answers. `freeze` keeps the statistics of batch normalisation as they
# are. Everything is simulated here, by fake quantizers.


# %%
def right(model):
    return 100 * np.mean(np.argmax(model(x_test), axis=1) == y_test)


def settle(model):
    nets.freeze(model, ranges=False)
    for i in range(0, 512, 128):
        model(x_train[i : i + 128], training=True)
    return model


# %% [markdown]
# Predict before you run: weights and activations get the same number of bits.

# %% jupyter={"source_hidden": true}
quiz(
    "In float the network has 99.7 % right. With a scale for each channel, and no training: where does "
    "it break?",
    {
        "at 8 bits already": "At 8 bits no digit is lost.",
        "at 4 bits": "It loses little there. With one scale per tensor, though, it does break.",
        "between 4 and 2 bits": "At 3 bits a large part is lost, at 2 bits nearly everything.",
        "it never breaks": "Look at 2 bits: weights have three levels left.",
    },
    answer="between 4 and 2 bits",
)

# %% [markdown]
# Each row is a network prepared anew. Look for the place where it breaks, and at the last row but one: one
# scale per tensor.

# %% tags=["nbval-ignore-output"]
answers = digits_net.predict(x_test, verbose=0).argmax(axis=1)
in_float, ptq = 100 * np.mean(answers == y_test), {}
for bits in (8, 4, 3, 2):
    ptq[bits] = right(
        settle(nets.quantize_aware(digits_net, weight_bits=bits, activation_bits=bits))
    )
    print(f"{bits} bits, a scale per channel  {ptq[bits]:5.1f} %")
options = {"weight_bits": 4, "activation_bits": 4, "per_channel": False}
per_tensor = right(settle(nets.quantize_aware(digits_net, **options)))
print(f"4 bits, one scale per tensor {per_tensor:5.1f} %")
print(f"float                        {in_float:5.1f} %")
assert ptq[8] > in_float - 0.6 and in_float - 4 < ptq[4] < in_float
assert ptq[3] < 80 and ptq[2] < 30 and per_tensor < 50

# %% [markdown]
# Per tensor, 4 bits are enough to get most answers wrong. The idle channels of lesson 08 do
# that: they take all levels.
#
# ## Train
#
# Six epochs with 4 bits, while the learning rate falls to zero. On the way, record the levels of one
# layer after every batch; we come back to them. How many points does it win back?

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(0)
trained = nets.quantize_aware(digits_net, weight_bits=4, activation_bits=4)
layer, recorded = trained.get_layer("block2_pointwise"), []
train(
    trained, epochs=6, rate=3e-3, batch=64,
    watch=lambda: recorded.append(layer.exported_weights()[0].ravel()),
)  # fmt: skip
qat = {4: right(trained)}
print(f"4 bits: {ptq[4]:.1f} % -> {qat[4]:.1f} %, float {in_float:.1f} %")
assert qat[4] > in_float - 1

# %% [markdown]
# That is the yardstick of this lesson: with 4 bits, within one point of float.
#
# ## The file
#
# Convert. No calibration data: the network states every range itself. Then run the file under three sets
# of kernels, in integers, and compare with the trained network. Few answers, if any, should differ: a
# value half way between two levels may go either way, and the int32 bias is rounded too, which training
# did not simulate.

# %% tags=["nbval-ignore-output"]
file = nets.convert(trained, "int8")
graph = tflite.read(file)
q = qnn_edu.quantize(x_test, graph.tensors[graph.inputs[0]].params)
said = np.argmax(trained(x_test), axis=1)
for kernels in engine.KERNEL_SETS:
    answers = nets.run_tflite(file, q, kernels=kernels).outputs[0].argmax(axis=1)
    accuracy, differ = 100 * np.mean(answers == y_test), int(np.sum(answers != said))
    print(f"{kernels:9} {accuracy:.1f} % right, {differ} of {len(said)} answers differ")
    assert abs(accuracy - qat[4]) < 1.2 and differ < 10
assert not nets.float_operators(graph)

# %% [markdown]
# ## Which levels are used?
#
# Run the engine of lesson 09 on all test digits and look into every tensor. How many different integers
# come out of a layer that was trained with 4 bits?

# %% tags=["nbval-ignore-output"]
result = engine.run(graph, q, kernels="reference", keep=True)
used = {}
for op in (op for op in graph.operators if len(op.inputs) == 3):
    weights, out = graph.tensors[op.inputs[1]].data, result.tensors[op.outputs[0]]
    used[op.outputs[0]] = len(np.unique(weights)), len(np.unique(out)), int(out.max())
    print(f"{op.name:18} {used[op.outputs[0]][0]:3} levels of weights, {used[op.outputs[0]][1]:3} of "
          f"activations, the highest {out.max()}")  # fmt: skip
inner = list(used.values())[1:-1]
assert all(w <= 15 and a <= 16 and top == 127 for w, a, top in inner)

# %% [markdown]
# The weights of the first and the last layer keep 8 bits, and so do the mean and the scores. All others
# have 15 levels of weights and 16 of activations in int8 tensors: the grid is laid so that its top, 127, is the highest level. What is higher
# saturates, as it must; what is lower than zero, ReLU cuts off. That takes no operator: the file has
# exactly those of an ordinary int8 file. Nor is it smaller; 4-bit kernels would be needed for that.

# %%
ordinary = tflite.read(data.asset("digits_int8.tflite"))
same = [op.name for op in graph.operators] == [op.name for op in ordinary.operators]
print(f"{len(graph.operators)} operators, the same as in the 8-bit file: {same}")
print(f"size over that of the 8-bit file: {graph.size / ordinary.size:.1f}")
assert same and 0.9 < graph.size / ordinary.size < 1.1

# %% [markdown]
# ## Two bits
#
# With 2 bits the extremes are a bad choice of range: three levels of weights, and the outermost serves
# one weight. So let the steps learn (`ranges="learned"`, LSQ of lesson 06). The statistics of batch
# normalisation stay frozen: with so few levels they would jump about. How much of the way back do four
# epochs go?

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(0)
two = nets.quantize_aware(digits_net, weight_bits=2, activation_bits=2, ranges="learned")
nets.freeze(two, ranges=False)
train(two, epochs=4, rate=3e-3, batch=64)
qat[2] = right(two)
print(f"2 bits: {ptq[2]:.1f} % -> {qat[2]:.1f} %")
assert qat[2] > ptq[2] + 25

# %% [markdown]
# Far from nothing, and not yet float: it still improves with each epoch that you add. Here and above we
# counted what the *simulation* gets right; only the 4-bit network was run in integers.

# %% [markdown]
# ## Colour photographs
#
# Digits are easy. Two networks for CIFAR-10, 32 x 32 photographs in ten classes, trained in float and then
# quantized, once afterwards and once in training: MobileNet v1 (width 0.25), thirteen times a depthwise and a
# pointwise convolution, and ResNet-8, plain 3 x 3 convolutions with sums. That took hours on two cores, so
# the numbers are stored; `docs/results.md` says how they were made and how to make them again.

# %% jupyter={"source_hidden": true}
quiz(
    "Both are trained with quantizers at 2 bits. Which network loses more?",
    {
        "ResNet-8": "It has a third of the weights, but each of its sums runs over many of them.",
        "MobileNet v1": "A depthwise output is a sum of nine weights from -1, 0, 1: little averages out.",
        "both alike": "They differ in how many rounded weights one output is made of.",
    },
    answer="MobileNet v1",
)

# %% [markdown]
# Look at three things: where *quantized afterwards* begins to fall, where *trained* does, and how the two
# networks differ. All layers but the first and the last have these bits, in weights and activations.

# %%
networks = {"mobilenet_v1": "MobileNet v1, width 0.25", "resnet8": "ResNet-8"}
figure, recorded_right = draw.style.figure(9, 3.6), {}
for ax, (network, title) in zip(figure.subplots(1, 2), networks.items(), strict=True):
    found = recorded_right[network] = data.recorded_accuracy(network)
    curves = {"trained with quantizers": found["qat"], "quantized afterwards": found["ptq"]}
    plots.accuracy_against_bits(curves, float_accuracy=found["float"][32], title=title, ax=ax)
draw.show(
    ax, "Quantized afterwards, both fall to guessing; trained, they fall late, MobileNet at 2 bits."
)

# %% [markdown]
# The same in numbers: points lost to the float network, means over seeds.

# %%
lost = {}
for network, found in recorded_right.items():
    for method in ("qat", "ptq"):
        lost[network, method] = [
            np.mean(found["float"][32]) - np.mean(found[method][bits]) for bits in (8, 4, 3, 2)
        ]
        points = (f"{drop:5.1f}" for drop in lost[network, method])
        print(f"{network:12} {method}  8, 4, 3, 2 bits:", *points)
assert all(lost[net, "qat"][i] < lost[net, "ptq"][i] / 1.5 for net in networks for i in (1, 2, 3))
assert all(abs(lost[net, method][0]) < 1 for net, method in lost)
assert np.rint([lost["mobilenet_v1", method][1] for method in ("ptq", "qat")]).tolist() == [32, 2]
assert [round(np.mean(recorded_right[net]["qat"][2])) for net in networks] == [54, 75]

# %% [markdown]
# With 8 bits nobody loses a point, trained or not. With 4 training matters, most of all to MobileNet: 32 points lost without
# it, 2 with it. With 2 bits ResNet-8 is still right on 75 of 100 photographs, MobileNet on 54. The 2018
# series reported losses of 0.7, 7.1, 22.6 and 57 points for its own MobileNet. A handful of epochs is all
# the training there was here; papers train for hundreds.

# %% [markdown]
# ## Weights that swing
#
# Back to what was recorded. A weight swings if it goes to another level and then back again. Count that
# from the record: a row for each batch, a column for each weight.
#
# ## Exercise 4: count the swings
#
# For each column, how often does it turn round? Standing still between two moves does not matter: 1, 2,
# 2, 1 is one turn, 1, 2, 2, 3 is none.


# %%
def my_turns(levels):
    ### BEGIN SOLUTION
    turns = np.zeros(levels.shape[1], int)
    last = np.zeros(levels.shape[1])
    for way in np.sign(np.diff(levels, axis=0)):
        turns += way * last < 0
        last = np.where(way != 0, way, last)
    return turns
    ### END SOLUTION


# %%
check.turns(my_turns)

# %% [markdown]
# Epoch by epoch: how many turns, and how many moves altogether? Then the busiest weights of the first
# epoch, level by level.

# %% tags=["nbval-ignore-output"]
epochs = np.array_split(np.array(recorded), 6)
swings = [int(check.turns.solution(levels).sum()) for levels in epochs]
moves = [int((np.diff(levels, axis=0) != 0).sum()) for levels in epochs]
print("turns, epoch by epoch:", *swings)
print("moves, epoch by epoch:", *moves)

busiest = np.argsort(check.turns.solution(epochs[0]))[-3:]
ax = draw.style.axes()
for column, way in zip(busiest, draw.style.series(3), strict=True):
    line = np.array(recorded)[:, column]
    ax.step(np.arange(len(line)), line, way.linestyle, color=way.color, where="post")
ax.set_yticks(np.unique(np.array(recorded)[:, busiest]))
draw.style.label(ax, title="Three weights that swing", x="batch", y="level")
draw.show(ax, "Three weights jump between neighbouring levels early on and rest at the end.")
assert swings[0] > 10 + 2 * swings[-1]

# %% [markdown]
# The cause is that of lesson 06: a weight whose best value lies between two levels is pushed up from
# the lower and down from the upper one. Here the learning rate fell to zero, and the swinging with it.
# The control: one more epoch at a constant rate, all else the same.

# %% tags=["nbval-ignore-output"]
recorded.clear()
train(
    trained, epochs=1, rate=3e-3, batch=64, decay=False,
    watch=lambda: recorded.append(layer.exported_weights()[0].ravel()),
)  # fmt: skip
again = int(check.turns.solution(np.array(recorded)).sum())
print(f"turns in an epoch: {again} at a constant rate, {swings[-1]} in the last at a falling one")
print(f"right: {qat[4]:.1f} % before, {right(trained):.1f} % after")
assert again > 10 + 2 * swings[-1]

# %% [markdown]
# So what a network is stored with depends on the batch at which one happened to stop, unless something
# calms it. A falling learning rate does. Others fix single weights once they swing too often (the last
# paper below). What is averaged while weights swing is off as well, statistics of batch normalisation
# above all. There are two ways out: measure them anew once the weights are found (`nets.measure_norms`, done
# for the photographs above), or train on with `nets.freeze`, which lets these and the ranges stand still for
# the last epochs. What does it really hold?

# %% tags=["nbval-ignore-output"]
nets.freeze(trained)
quantizer, before = trained.get_layer("conv_relu_quant"), right(trained)
held = quantizer.grid(), trained.get_layer("conv").norm.moving_variance.numpy().copy()
train(trained, epochs=2, rate=1e-3, batch=64)
np.testing.assert_array_equal(trained.get_layer("conv").norm.moving_variance, held[1])
print(f"range before and after {held[0][1]:.3f}, {quantizer.grid()[1]:.3f};"
      f" right {before:.1f} % -> {right(trained):.1f} %")  # fmt: skip
assert quantizer.grid() == held[0] and right(trained) > in_float - 3

# %% [markdown]
# The range and the statistics to the last bit; weights go on learning.

# %% [markdown]
# ## What is simulated, and what is real
#
# - Training is float throughout. Fake quantizers put values on levels; products and sums are float32.
# - The file is integer throughout. Its levels are those of training; its sums are exact.
# - 4 bits are levels in 8-bit containers. They show what accuracy 4 bits can have, not what they save.

# %% [markdown]
# ## What you have learned
#
# - One call prepares a network: each rounding of the integer kernel gets a fake quantizer, and nothing
#   else does.
# - Activation ranges are moving averages. They begin at the first batch, and delay lets them settle.
# - At 8 bits no training is needed; at 4 it closes the gap; at 2 it is the difference between nothing
#   and something, with steps that learn.
# - What was trained converts without calibration data, and runs in integers with the same answers.
# - Some weights swing between two levels. Let the learning rate come to rest before you store them.

# %% [markdown]
# ## What to read next
#
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
#   Inference*, 2018, section 3: fake quantizers, moving averages, delay.
# - R. Krishnamoorthi, *Quantizing deep convolutional networks for efficient inference*, 2018, section 3:
#   training, and freezing what no longer needs to move.
# - S. Esser et al., *Learned Step Size Quantization*, 2020, section 3: down to 2 bits.
# - M. Nagel et al., *Overcoming Oscillations in Quantization-Aware Training*, 2022, section 4: fixing
#   weights that swing.
# - Lesson 08 asks where the batch normalisations went, and what that does to channels.
