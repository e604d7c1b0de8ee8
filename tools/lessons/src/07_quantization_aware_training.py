# %% [markdown]
# # 07 Quantization-aware training
#
# With 8 bits a trained network is simply converted. With 4, 3 or 2 it falls apart. The remedy: let it
# feel the rounding while it learns. First you train a small network so by hand, with what you wrote
# yourself. Then one call prepares a whole network, and what comes out converts without calibration data.
# You will look into the call, into the ranges that follow training, and at weights that cannot make up
# their mind.
#
# **85 minutes.** You need lessons 03, 05 and 06. TensorFlow is loaded here and networks are trained,
# for less than a minute altogether.

# %% [markdown]
# ## What you will learn
#
# - how two layers of 2 bits are trained with your own rounding and your own gradient,
# - where fake quantizers go when a whole network is prepared, and where not,
# - how a range follows the batches of training, how that goes wrong, and what delay is for,
# - how much accuracy training gives back, bits by bits,
# - that the file which comes out is integer only, and uses 16 levels when it was trained with 4 bits,
# - why some weights swing between two levels, and what of that a falling learning rate ends.

# %%
import numpy as np

import qnn_edu
from qnn_edu import data, draw, engine, nets, params_from_range, ranges, tflite
from qnn_edu.draw import plots
from qnn_edu.lessons import lesson_06, mine
from qnn_edu.lessons import lesson_07 as check
from qnn_edu.nets import quiet
from qnn_edu.nets.qat.layers import FakeQuantActivation
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.ui import explorers, quiz

tf, keras = quiet.load_tensorflow(), quiet.load_keras()
x_train, y_train = data.digits("train")
x_test, y_test = data.digits("test")

# %% [markdown]
# ## Weights, by hand
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
    """A kernel on the levels of its channels.

    `w`: floats of shape (height, width, channels in, channels out). `bits`: a whole number.
    Gives floats of the same shape, on a symmetric narrow grid for each channel out.

    >>> my_weights(np.array([[[[0.2], [0.7], [-1.5]]]]), 3).ravel()
    array([ 0. ,  0.5, -1.5])
    """
    ### BEGIN SOLUTION
    qmax = 2 ** (bits - 1) - 1
    scale = np.abs(w).max(axis=(0, 1, 2)) / qmax
    return np.round(w / scale) * scale
    ### END SOLUTION


# %%
check.weights(my_weights)

# %% [markdown]
# ## Two layers, by hand
#
# Now train with it, as one had to before there was a call for it: 64 pixels, 32 hidden values, 10 classes,
# no bias, all in 2 bits. Forwards your exercise 1 rounds the weights; backwards your `straight_through`
# of lesson 06 gives the gradient. Where one is not right yet, ours steps in, and the cell says so.
# `quantizer` joins the two directions into one function that a tape can go through.

# %%
round_weights = mine.use(check.weights)
straight_through = mine.use(lesson_06.straight_through)


def quantizer(forward, backward):
    @tf.custom_gradient
    def rounded(x):
        x = x.numpy()

        def to_x(upstream):
            gradient = backward(x.ravel(), upstream.numpy().ravel())
            return tf.reshape(tf.cast(gradient, tf.float32), x.shape)

        return tf.cast(forward(x), tf.float32), to_x

    return rounded


# %% [markdown]
# Three ways through a layer, each a pair: what happens to weights, what to hidden values. Weights get the
# levels -1, 0 and 1 times their channel's scale. Hidden values get the levels 0, 1, 2 and 3; clipped at 0,
# that is a ReLU as well. The control rounds just the same, and hands back the slope of the stairs: 0.


# %%
def two_bits(w):
    return round_weights(w[np.newaxis, np.newaxis], 2)[0, 0]


def four_levels(x):
    return np.clip(np.round(x), 0, 3)


in_float = tf.identity, tf.nn.relu
estimated = (
    quantizer(two_bits, lambda w, up: straight_through(w, up, np.abs(w).max(), -1, 1)),
    quantizer(four_levels, lambda x, up: straight_through(x, up, 1.0, 0, 3)),
)
stairs = tuple(quantizer(forward, lambda x, up: 0 * up) for forward in (two_bits, four_levels))

# %% [markdown]
# The loop is plain gradient descent: 400 batches, the gradients of a `GradientTape`, a step against them.


# %%
def scores_of(x, layers, way):
    weights, hidden = way
    return hidden(x.reshape(-1, 64) @ weights(layers[0])) @ weights(layers[1])


def descend(layers, way, rate):
    layers, rng = [tf.Variable(each) for each in layers], np.random.default_rng(0)
    for _ in range(400):
        rows = rng.choice(len(x_train), 64)
        with tf.GradientTape() as tape:
            scores = scores_of(x_train[rows], layers, way)
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(y_train[rows], scores)
        for layer, gradient in zip(layers, tape.gradient(loss, layers), strict=True):
            layer.assign_sub(rate / 64 * gradient)
    return layers


def right_by_hand(layers, way):
    return 100 * np.mean(np.argmax(scores_of(x_test, layers, way), axis=1) == y_test)


# %% [markdown]
# First in float, from random weights. Round that to 2 bits and a third of the answers is gone. Then train
# on, rounded, with your gradient; and, from the very same weights, with the slope of the stairs. You
# should get about 92 % right. What should the control get?

# %% tags=["nbval-ignore-output"]
rng = np.random.default_rng(0)
shapes = (64, 32), (32, 10)
start = [tf.constant(rng.normal(0, shape[0] ** -0.5, shape), tf.float32) for shape in shapes]
floats = descend(start, in_float, 0.3)
by_hand, control = descend(floats, estimated, 0.03), descend(floats, stairs, 0.03)
found = {
    "float": right_by_hand(floats, in_float),
    "rounded to 2 bits": right_by_hand(floats, estimated),
    "trained with your gradient": right_by_hand(by_hand, estimated),
    "trained with gradient 0": right_by_hand(control, estimated),
}
for name, percent in found.items():
    print(f"{name:27} {percent:4.1f} % right")
in_float_by_hand, rounded, yours, zero = found.values()
assert in_float_by_hand > 93 > 80 > rounded and rounded + 12 < yours and zero == rounded
assert all((a.numpy() == b.numpy()).all() for a, b in zip(control, floats, strict=True))

# %% [markdown]
# The control stands where it began, every weight to the last bit. That is quantization-aware training:
# rounded forwards, a gradient that does as if backwards, float weights that move underneath. The rest of
# this lesson does it to whole networks, and cares for ranges.

# %% [markdown]
# ## One call
#
# What you wrote for two layers, `quantize_aware` does for a whole network. The digits network, trained in
# float, and a copy of it prepared for 4 bits: compare the two lists of layers. What has come, and what has
# gone?

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
        "it was forgotten": "It would simulate an int8 value that never exists.",
        "the integer kernel has no int8 there": "The sum stays in int32, bias included, and comes down to "
        "int8 once; ReLU is the clamp at the end of that. One fake quantizer for each way down, no more.",
        "ReLU needs no rounding": "What ReLU puts out is rounded; what goes into it is not.",
        "to save time in training": "It does save some. But the kernel decides, not the clock.",
    },
    answer="the integer kernel has no int8 there",
)

# %% [markdown]
# (Lesson 09 takes that way down apart: two roundings in some kernels, one in others, and then the clamp.)

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
# ## A rule for each kind of layer
#
# A fake quantizer is right only where the kernel rounds. So `quantize_aware` has a rule for each kind of
# layer: where it rounds, what passes integers on as they are, what is folded. Try four small networks, and
# one with a layer that somebody wrote herself. Something stands between a convolution and a dense layer.


# %%
class Wave(keras.layers.Layer):
    def call(self, x):
        return keras.ops.sin(x)


def with_middle(*layers):
    x = image = keras.Input((8, 8, 1))
    for layer in (
        keras.layers.Conv2D(4, 3),
        *layers,
        keras.layers.Flatten(),
        keras.layers.Dense(2),
    ):
        x = layer(x)
    return keras.Model(image, x)


norm = keras.layers.BatchNormalization
middles = {
    "leaky ReLU": [keras.layers.LeakyReLU()],
    "swish": [keras.layers.Activation("swish")],
    "norm behind ReLU": [keras.layers.ReLU(), norm()],
    "norm before ReLU": [norm(), keras.layers.ReLU()],
    "a layer of her own": [Wave(name="wave")],
}

# %% [markdown]
# Which operators stand there in the integer file: one, two, none? And which network has no file?

# %%
between = {}
for name, layers in middles.items():
    try:
        prepared_one = nets.quantize_aware(with_middle(*layers))
    except ValueError as refusal:
        print(f"{name:18} {refusal}")
        continue
    graph = tflite.read(nets.convert(prepared_one, "int8"))
    between[name] = [op.name for op in graph.operators[1:-2]]
    print(f"{name:18} {', '.join(between[name]) or 'nothing'}")
    assert not nets.float_operators(graph)
assert list(map(len, between.values())) == [1, 2, 2, 0]

# %% [markdown]
# Each operator rounds once. The ReLU is always part of the convolution. A norm right before it is folded
# into the weights; behind it, it stays a multiply and an add, with two roundings more. The layer that
# nobody knows is refused *before* you train, and the message has the three ways out:
#
# 1. leave it in float, and let `nets.left_float` tell you what that is,
# 2. build it from layers that are known,
# 3. `nets.register` a rule: where your layer rounds.
#
# Or place the fake quantizers yourself, as in lesson 05, and train through them.

# %% [markdown]
# ## What stands in a layer
#
# The prepared layer, the package and exercise 1 agree. The layer's `exported_weights` gives whole
# levels, which will lie in the file. How many of them do 4 bits leave on a narrow grid?

# %%
layer = prepared.get_layer("block2_pointwise")
kernel = np.asarray(layer.kernel)
levels, _, _ = layer.exported_weights()
by_hand = round_weights(kernel, 4)
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


lagging = follow(maxima, 0.99, start=maxima[0])
average, layer = ranges.MovingAverage(0.99), FakeQuantActivation(8, positive=True, momentum=0.99)
package, in_keras = [], []
for value in maxima.astype(np.float32):
    package.append(average(np.array([0, value]))[1])
    layer(np.array([[value]]), training=True)
    in_keras.append(layer.grid()[1])
np.testing.assert_allclose(package, lagging, rtol=1e-5)
np.testing.assert_allclose(in_keras, lagging, rtol=1e-5)
print(f"{len(lagging)} ranges, three ways: no difference")

# %% [markdown]
# Now the picture: two momentums that begin at the first batch, and the control that begins at zero.
# Which line would you want to be rounded with?

# %% tags=["nbval-ignore-output"]
lines = {
    "momentum 0.9": follow(maxima, 0.9, maxima[0]),
    "momentum 0.99": lagging,
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
    """The range after each batch, begun at the first.

    `momentum`: the share of the old range that stays. `maxima`: floats of shape (batches,), the
    largest value of each. Gives floats of the same shape.

    >>> my_ranges(0.5, np.array([4.0, 8.0, 8.0]))
    array([4., 6., 7.])
    """
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
      f" begun at the first batch: {np.sum(lagging / maxima < 0.5)}")  # fmt: skip
assert np.sum(share < 0.5) > 30 > np.sum(lagging / maxima < 0.5)

# %% [markdown]
# ## Exercise 3: rounding that waits
#
# `x` holds a batch a row, none of it negative; `hi` the range after each batch. The first `delay` batches
# pass as they are, the others are fake-quantized with levels from 0 to hi of their own batch.


# %%
def my_delayed(x, hi, bits, delay):
    """Batches, of which the first `delay` pass as they are and the others are rounded.

    `x`: floats of shape (batches, values), none below 0. `hi`: floats of shape (batches,), the
    range of each. `bits`, `delay`: whole numbers. Gives floats of the shape of `x`.

    >>> my_delayed(np.array([[0.4, 9.0], [0.4, 9.0]]), np.array([3.0, 3.0]), 2, 1)
    array([[0.4, 9. ],
           [0. , 3. ]])
    """
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
# Six epochs with 4 bits, while the learning rate falls to zero. On the way, record the levels of all
# weights with 4 bits after every batch; we come back to them.


# %%
def trained_in_4_bits(seed, *, decay):
    keras.utils.set_random_seed(seed)
    model = nets.quantize_aware(digits_net, weight_bits=4, activation_bits=4)
    layers = [x for x in model.layers if isinstance(x, QuantizedLayer) and x.bits == 4]
    record = []

    def watch():
        record.append(np.concatenate([each.exported_weights()[0].ravel() for each in layers]))

    train(model, epochs=6, rate=3e-3, batch=64, decay=decay, watch=watch)
    return model, np.array(record)


# %% [markdown]
# How many points does it win back?

# %% tags=["nbval-ignore-output"]
trained, record = trained_in_4_bits(0, decay=True)
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
# quantized: afterwards, with each weight rounded to the nearest level or as well as [lesson
# 11](11_when_eight_bits_fail.ipynb) can, and in training, which begins where that ends and has the float
# network for a teacher. MobileNet v1 (width 0.25) is thirteen times a depthwise and a pointwise convolution,
# ResNet-8 plain 3 x 3 convolutions with sums. That took hours, so the numbers are stored; `docs/results.md`
# says how they were made.

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
# Look at three things: where *rounded to nearest* begins to fall, where the other two do, and how the two
# networks differ. All layers but the first and the last have these bits, in weights and activations.

# %%
networks = {"mobilenet_v1": "MobileNet v1, width 0.25", "resnet8": "ResNet-8"}
figure, recorded_right = draw.style.figure(9, 3.6), {}
for ax, (network, title) in zip(figure.subplots(1, 2), networks.items(), strict=True):
    found = recorded_right[network] = data.recorded_accuracy(network)
    curves = {
        "trained with quantizers": found["qat"],
        "rounded by choice": found["descend"],
        "rounded to nearest": found["ptq"],
    }
    plots.accuracy_against_bits(curves, float_accuracy=found["float"][32], title=title, ax=ax)
draw.show(
    ax,
    "Rounded to nearest, both fall to guessing; chosen and trained, they fall late, MobileNet first.",
)

# %% [markdown]
# The same in numbers: points lost to the float network of the same seed, means over two seeds (with 7, 6 and
# 5 bits one seed).

# %%
lost, ways = {}, {"ptq": "nearest", "descend": "chosen", "qat": "trained"}
print("bits                ", *(f"{bits:5}" for bits in range(8, 1, -1)))
for network, found in recorded_right.items():
    for way, name in ways.items():
        drops = lost[network, way] = {}
        for bits in range(8, 1, -1):
            of_seeds = found[way][bits]
            drops[bits] = np.mean(np.subtract(found["float"][32][: len(of_seeds)], of_seeds))
        print(f"{network:12} {name:7}", *(f"{drop:5.1f}" for drop in drops.values()))
mobile = {way: lost["mobilenet_v1", way] for way in ways}
assert all(lost[net, "qat"][n] < lost[net, "ptq"][n] / 3 for net in networks for n in (4, 3, 2))
assert all(lost[net, "qat"][n] < lost[net, "descend"][n] for net in networks for n in (4, 3, 2))
assert all(abs(drops[bits]) < 1 for drops in lost.values() for bits in (8, 7))
assert 0.5 < mobile["ptq"][6] < 1.5 and abs(mobile["qat"][6]) < 0.5
assert np.rint([mobile[way][4] for way in ways]).tolist() == [27, 4, 2]
assert np.rint([lost["resnet8", way][3] for way in ways]).tolist() == [33, 2, 1]
assert [round(np.mean(recorded_right[net]["qat"][2])) for net in networks] == [58, 77]

# %% [markdown]
# With 8 and 7 bits nobody loses a point, whatever is done; with 6, MobileNet loses one if rounded to nearest. With
# 4 it matters how: MobileNet loses 27 points to nearest, 4 by choice, and trained 2. With 3 bits ResNet-8 loses
# 33, 2 and 1, and with 2, trained, it is still right on 77 of 100 photographs, MobileNet on 58. The 2018
# series reported losses of 0.7, 7.1, 22.6 and 57 points for its own MobileNet.

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
    """How often each weight turns round.

    `levels`: whole numbers of shape (steps, weights), a column a weight. Gives whole numbers of
    shape (weights,).

    >>> my_turns(np.array([[1, 1], [2, 2], [2, 2], [1, 3]]))
    array([1, 0])
    """
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
# Epoch by epoch, over all weights: how many turns? Below, the three busiest weights, level by level.

# %% tags=["nbval-ignore-output"]
turns_of = mine.use(check.turns)


def by_epoch(record):
    return [int(turns_of(levels).sum()) for levels in np.array_split(record, 6)]


print("turns, epoch by epoch:", *by_epoch(record))
busiest = np.argsort(turns_of(record))[-3:]
axes = draw.style.figure(8, 4.2).subplots(3, sharex=True)
for ax, column in zip(axes, busiest, strict=True):
    line = record[:, column]
    ax.step(np.arange(len(line)), line, color=draw.style.QUANTIZED, where="post")
    ax.set_yticks(np.unique(line))
    draw.style.label(ax, title=f"weight {column}", y="level")
axes[-1].set_xlabel("batch")
draw.show(ax, "Three weights jump between neighbouring levels early on and rest at the end.")
assert by_epoch(record)[0] > 10 + 2 * by_epoch(record)[-1]

# %% [markdown]
# The cause is that of lesson 06: a weight whose best value lies between two levels is pushed up from the
# lower and down from the upper one. Here the learning rate fell to zero, and the swinging ended. But did
# it end *because* of that? A control must differ in nothing else: same weights at the start, same order of
# the batches, same fresh optimizer, only a rate that stays as it is.

# %% jupyter={"source_hidden": true}
quiz(
    "At a rate that stays constant: how many turns are there, compared with the falling one?",
    {
        "as many in every epoch": "Then the falling rate would have done nothing. Look at the last epoch.",
        "they stay as many as in the first": "Turns get fewer at a constant rate too.",
        "fewer and fewer, but not none": "Most of the swinging ends by itself; a falling rate ends the rest.",
        "they grow": "They do not: as the loss falls, so do the gradients.",
    },
    answer="fewer and fewer, but not none",
)

# %% [markdown]
# Two seeds, each with both rates: three more networks to train, **some 15 seconds**. Compare the first
# column, then the last.

# %% tags=["nbval-ignore-output"]
runs, told = {(0, "falling"): (trained, record)}, {}
for seed, rate in ((0, "constant"), (1, "falling"), (1, "constant")):
    runs[seed, rate] = trained_in_4_bits(seed, decay=rate == "falling")
for (seed, rate), (model, levels) in sorted(runs.items()):
    told[rate, seed] = by_epoch(levels)
    turns = " ".join(f"{count:4}" for count in told[rate, seed])
    print(f"seed {seed}, rate {rate:8}  turns {turns}   {right(model):.1f} % right")
falling, constant = ([told[rate, seed] for seed in (0, 1)] for rate in ("falling", "constant"))
for a, b in zip(falling, constant, strict=True):
    assert 0.6 < a[0] / b[0] < 1.7 and b[0] > 2 * b[-1] and b[-1] > 10 + 2 * a[-1]

# %% [markdown]
# So much is left of the claim. In the first epoch, both swing alike. Training has just begun, and Adam's
# first steps are long, however small the gradients. Most of it is over soon, at a constant rate too. What the
# falling rate does is end the rest: none or one turn in the last epoch, against more than sixty. And it
# ends the movement, not the conflict. A weight at rest beside an edge has one of its two levels, and
# nothing says that it is the better one.

# %% [markdown]
# At a constant rate, then, what is stored depends on the batch at which one happened to stop. The paper
# on this (the last one below) holds single weights instead: it pulls them to the middle of their level, or
# fixes those that swing too often. What is averaged while weights swing is off as well, statistics of
# batch normalisation above all. There are two ways out: measure them anew once the weights are found
# (`nets.measure_norms`, done for the photographs above), or train on with `nets.freeze`, which lets
# these and the ranges stand still for the last epochs. What does it really hold?

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
# ## Keep what is yours
#
# `my_qnn.py`, a file beside the lessons, takes up all that a check found right here, in your own words.
# Later lessons find it there.

# %%
mine.keep(check)

# %% [markdown]
# ## What you have learned
#
# - Rounded forwards, straight through backwards, float weights underneath: that is all.
# - One call puts a fake quantizer wherever the integer kernel comes down to int8, and nowhere else. What it
#   does not know, it refuses by name.
# - Activation ranges are moving averages, begun at the first batch; delay lets them settle.
# - At 8 bits no training is needed; at 4 it closes the gap; at 2, with steps that learn, it makes
#   something of nothing.
# - What was trained converts without calibration data, and runs in integers.
# - Some weights swing between two levels, at a constant rate to the end. Let the rate come to rest.

# %% [markdown]
# ## What to read next
#
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
#   Inference*, 2018, section 3: fake quantizers, moving averages, delay.
# - R. Krishnamoorthi, *Quantizing deep convolutional networks for efficient inference*, 2018: training, and
#   freezing what no longer needs to move.
# - S. Esser et al., *Learned Step Size Quantization*, 2020: down to 2 bits.
# - M. Nagel et al., *Overcoming Oscillations in Quantization-Aware Training*, 2022: weights that swing,
#   what they do to batch normalisation, and how to damp or freeze them.
# - Lesson 08 asks where the batch normalisations went, and what that does to channels.
