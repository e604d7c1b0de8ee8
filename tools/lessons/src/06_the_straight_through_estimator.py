# %% [markdown]
# # 06 The straight-through estimator
#
# A quantizer is a staircase, and a staircase has no slope to go down. Yet networks are trained through
# quantizers every day, by a small lie: forwards the staircase, backwards a straight line. You will watch
# gradient descent stand still, tell the lie yourself, find the very same one in TensorFlow, and see what it
# costs. A second part has a better lie, which moves the stairs as well.
#
# **70 minutes**: 45 for the estimator, and 25 for the second part, which you may leave out. You need lessons
# 02 and 03, and the chain rule. TensorFlow is loaded here, which takes some seconds.

# %% [markdown]
# ## What you will learn
#
# - why nothing can be learned through a staircase, and what one does instead,
# - which weights TensorFlow's fake quantizer lets a gradient reach, and which it does not,
# - how to write a gradient of your own, and train through it,
# - how a range learns, and what it is blind to,
# - what the straight-through estimator is not,
# - in part two: how a step size learns, and feels what the range did not.

# %%
import numpy as np

import qnn_edu
from qnn_edu import clipping, draw, gradients, metrics, params_from_range
from qnn_edu.draw import plots
from qnn_edu.lessons import lesson_06 as check
from qnn_edu.lessons import mine
from qnn_edu.nets import quiet
from qnn_edu.ui import explorers, numbers, quiz

tf = quiet.load_tensorflow()

# %% [markdown]
# ## A staircase has no slope
#
# Take the quantizer that goes with us through this lesson: 2 bits for `[-6, 6]`, which makes the levels
# -8, -4, 0 and 4 (lesson 03). Measure its slope at 2,000 random places: a small step to either side, and
# the rise over the run. Look at how many different answers there are.

# %%
p = params_from_range(-6, 6, bits=2)
x, h = np.random.default_rng(0).uniform(p.lo, p.hi, 2000), 0.01
slope = (qnn_edu.fake_quant(x + h, p) - qnn_edu.fake_quant(x - h, p)) / (2 * h)
for value in np.unique(slope):
    print(f"slope {value:3.0f} at {np.sum(slope == value):4} places")
assert set(slope) == {0, 200} and np.mean(slope == 0) > 0.99
print(f"from lo to hi it climbs {p.hi - p.lo:.0f} over a distance of {p.hi - p.lo:.0f}")

# %% [markdown]
# Zero nearly everywhere, and at an edge as steep as `h` is small. No place has the slope that describes
# the whole: from one end to the other the staircase climbs exactly as much as it goes. Keep that 1 in
# mind.

# %% jupyter={"source_hidden": true}
quiz(
    "A weight of -3 (quantized: -4) should come out as 2.5. Gradient descent on the squared distance, "
    "behind this quantizer. Where is the weight after 40 steps?",
    {
        "near 2.5": "To get there it would have to feel that moving helps. What does it feel?",
        "at the next edge": "An edge is no attraction: one has to be on it to feel it.",
        "still at -3": "The slope is 0 where it stands, so the gradient is 0, at every step.",
        "far away": "Nothing pushes it, in no direction.",
    },
    answer="still at -3",
)

# %% [markdown]
# ## Gradient descent stands still
#
# One weight, and half the squared distance to a target as its loss. What comes down from the loss to the
# quantizer's output is `upstream`; what the quantizer makes of it is up to the function `backward`. First
# the truth: upstream times a slope of zero.


# %%
def descend(backward, start, target, params, rate=0.3, steps=40):
    walk = [float(start)]
    for _ in range(steps):
        upstream = float(qnn_edu.fake_quant(walk[-1], params)) - target
        walk.append(walk[-1] - rate * backward(walk[-1], upstream, params))
    return np.array(walk)


still = descend(lambda x, upstream, params: upstream * 0, -3, 2.5, p)
print("after 0, 20 and 40 steps:", still[[0, 20, 40]])
assert (still == -3).all()

# %% [markdown]
# TensorFlow is even plainer. It does not compute a zero for `tf.round`; it says that there is no path.

# %%
w = tf.Variable(-3.0)
with tf.GradientTape() as tape:
    loss = (4 * tf.round(w / 4) - 2.5) ** 2 / 2
gradient = tape.gradient(loss, w)
print("loss", loss.numpy(), "- gradient:", gradient)
assert gradient is None

# %% [markdown]
# ## The lie
#
# Forwards, round. Backwards, pretend that nothing was rounded, and hand upstream straight through. This
# is the **straight-through estimator** (STE). In TensorFlow `tf.custom_gradient` says so: a function
# returns its value, and another function that turns upstream into a gradient.


# %%
@tf.custom_gradient
def round_straight_through(x):
    return tf.round(x), lambda upstream: upstream


with tf.GradientTape() as tape:
    loss = (4 * round_straight_through(w / 4) - 2.5) ** 2 / 2
gradient = tape.gradient(loss, w)
print("loss", loss.numpy(), "- gradient:", gradient.numpy())
assert gradient == 4 * np.round(-3 / 4) - 2.5

# %% [markdown]
# Same value, and now there is a direction. Let it walk. Grey lines are the edges of the stairs: at which
# one does it end up, and does it come to rest?

# %%
walk = descend(lambda x, upstream, params: upstream, -3, 2.5, p)
edges = [-6, -2, 2]
lines = {"staircase": still, "straight-through": walk}
draw.show(
    plots.walks(lines, 2.5, levels=edges, grey="edges of the stairs"),
    "Forty steps of a weight: on the staircase it stays at -3; straight-through it climbs to the edge "
    "at 2 and swings about it.",
)
print("it comes out as", sorted(set(qnn_edu.fake_quant(walk[10:], p).tolist())), "by turns")
assert walk[10:].min() > 1 and walk[10:].max() < 3 and walk[-1] != walk[-2]

# %% [markdown]
# It walks, and it never rests. 2.5 is no level; left of the edge the output is 0 and pulls up, right of it
# 4 and pushes down. We come back to that.
#
# ## Where the lie must stop
#
# Now a target that the quantizer cannot reach: 9, where its last level is 4. Compare pure identity with
# an STE that is cut off outside the range.

# %%
ways = {
    "identity": lambda x, upstream, params: upstream,
    "clipped": lambda x, upstream, params: upstream * (params.lo <= x <= params.hi),
}
ends = {name: descend(way, -3, 9, p)[[10, 20, 40]] for name, way in ways.items()}
for name, end in ends.items():
    print(f"{name:9} weight after 10, 20 and 40 steps: {end.round(1)}")
assert ends["identity"][-1] > 50 and ends["clipped"][0] == ends["clipped"][-1] < 6

# %% [markdown]
# The identity drives the weight ever further out, and its output stays 4 all the while. That is no
# matter of taste. A quantizer is a clip followed by a rounding. The clip has a perfectly good slope: 1
# inside, 0 outside. Only the rounding needs the lie.
#
# So here is the whole of it, written down: forwards the package's `fake_quant`, backwards the slope of
# the clip.


# %%
def my_fake_quant(params):
    @tf.custom_gradient
    def quantizer(x):
        inside = (x >= params.lo) & (x <= params.hi)
        value = tf.constant(qnn_edu.fake_quant(x.numpy(), params))
        return value, lambda upstream: upstream * tf.cast(inside, tf.float32)

    return quantizer


def gradient_of(quantizer, x, upstream):
    x = tf.constant(x, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = quantizer(x)
    return tape.gradient(y, x, output_gradients=tf.constant(upstream, tf.float32)).numpy()


# %% [markdown]
# Hold it against TensorFlow's own op, whose gradient is written in C++, and against the package. 10,000
# random values, and the two ends of the range themselves. Nothing is tolerated.

# %%
rng = np.random.default_rng(1)
x = np.append(rng.uniform(-12, 8, 10_000), [p.lo, p.hi]).astype(np.float32)
upstream = rng.normal(0, 1, x.size).astype(np.float32)

real = gradient_of(lambda x: tf.quantization.fake_quant_with_min_max_vars(x, -6, 6, 2), x, upstream)
np.testing.assert_array_equal(gradient_of(my_fake_quant(p), x, upstream), real)
np.testing.assert_array_equal(gradients.straight_through(x, upstream, p), real)
np.testing.assert_array_equal(real[-2:], upstream[-2:])
print(f"{x.size} gradients: no difference; {np.sum(real == 0)} of them are 0")

# %% [markdown]
# ## The window
#
# Which weights does a gradient reach? The op was asked for `[-6, 6]`. Predict before you look.

# %% jupyter={"source_hidden": true}
quiz(
    "`fake_quant_with_min_max_vars(x, -6, 6, num_bits=2)`, upstream 1. What gradient do x = 5 and "
    "x = -7 get?",
    {
        "1 and 0": "5 lies in the range asked for and -7 does not. But the op nudges first.",
        "0 and 1": "The range became [-8, 4] to keep zero: 5 is clipped, -7 is not.",
        "1 and 1": "Only one of them lies in the range that came out.",
        "0 and 0": "Only one of them lies outside the range that came out.",
    },
    answer="0 and 1",
)

# %% [markdown]
# Above, the staircase; below, the gradients that TensorFlow gives, over the same x. Look at where the
# window opens and closes.

# %%
x = np.linspace(-11, 8, 1901).astype(np.float32)
op = tf.quantization.fake_quant_with_min_max_vars
seen = gradient_of(lambda x: op(x, -6, 6, 2), x, np.ones(x.size))

axes = draw.style.figure(8, 4.8).subplots(2, height_ratios=(1.5, 1))
plots.staircase(p, span=(-11, 8), ax=axes[0])
plots.gradients(x, {"TensorFlow's gradient": seen}, p, ax=axes[1])
axes[0].set_xlabel("")
draw.show(
    axes[1],
    "Above, a staircase with levels -8, -4, 0 and 4; below, the gradient: 1 from -8 to 4, 0 outside.",
)
window = x[seen == 1]
print(
    f"open from {window[0]:.2f} to {window[-1]:.2f}; at 5: {seen[1600]:.0f}, at -7: {seen[400]:.0f}"
)
assert (window[0], window[-1]) == (-8, 4) and (x[1600], x[400]) == (5, -7)

# %% [markdown]
# Nudging moved the window by 2, a third of the reach that was asked for. A weight at 5, well inside on
# paper, learns nothing any more. At 8 bits nudging moves it by half of a much smaller step. With few
# bits, ask for a range whose zero needs no nudging: symmetric and narrow.

# %%
narrow = params_from_range(-6, 6, bits=2, symmetric=True, narrow_range=True)
for name, params in {"2 bits": p, "8 bits": params_from_range(-6, 6), "2, narrow": narrow}.items():
    moved = max(abs(params.lo + 6), abs(params.hi - 6))
    print(f"{name:9} window from {params.lo:6.3f} to {params.hi:.3f}, moved by {moved:.3f}")
    assert moved <= params.scale / 2 * 1.001
assert (narrow.lo, narrow.hi) == (-6, 6)

# %% [markdown]
# ## Exercise 1: the clipped estimator
#
# Write the gradient in numpy: `x` and `upstream` are arrays, the zero point is 0, levels run from `qmin`
# to `qmax`. (`check.straight_through.hint()` gives a hint.)


# %%
def my_straight_through(x, upstream, scale, qmin, qmax):
    """Two float arrays of one shape, a scale and two whole numbers to the gradient, of that shape.

    >>> my_straight_through(np.array([-5.0, 1.0]), np.array([2.0, 3.0]), 0.5, -8, 7)
    array([0., 3.])
    """
    ### BEGIN SOLUTION
    lo, hi = scale * qmin, scale * qmax
    return np.where((x >= lo) & (x <= hi), upstream, 0.0)
    ### END SOLUTION


# %%
check.straight_through(my_straight_through)

# %% [markdown]
# Train with it. TensorFlow's tape asks your function for the gradient, forty times, and the one weight goes
# downhill: to 2.5 once more, and to the 9 that no level reaches.


# %%
straight_through = mine.use(check.straight_through)


@tf.custom_gradient
def through_yours(x):
    def backward(upstream):
        found = straight_through(x.numpy(), upstream.numpy(), p.scale, p.qmin, p.qmax)
        return tf.constant(found, tf.float32)

    return tf.constant(qnn_edu.fake_quant(x.numpy(), p)), backward


def train(target):
    w, walk = tf.Variable([-3.0]), []
    for _ in range(41):
        with tf.GradientTape() as tape:
            loss = (through_yours(w) - target) ** 2 / 2
        walk.append(float(w.numpy()[0]))
        w.assign_sub(0.3 * tape.gradient(loss, w))
    return np.array(walk)


# %% [markdown]
# Which of the two comes to rest?

# %%
for target in (2.5, 9.0):
    walk = train(target)
    np.testing.assert_allclose(walk, descend(ways["clipped"], -3, target, p), atol=1e-4)
    print(
        f"target {target}: weight {walk[-1]:.2f}, still for {np.sum(np.diff(walk) == 0)} of 40 steps"
    )
    assert (walk[-1] == walk[-2]) == (target == 9)

# %% [markdown]
# ## A range that learns
#
# The op takes `min` and `max` as variables, and they get gradients too. A value that was clipped comes
# out as the end itself, so it follows that end one for one; for a value inside, the op says that the ends
# do not matter.

# %% jupyter={"source_hidden": true}
quiz(
    "A batch of 1,000 values. 3 of them lie above max. How many have a say in the gradient to max?",
    {
        "3": "Only these come out as max. Their upstream is summed.",
        "1,000": "All others were rounded, and the op takes rounding for the identity.",
        "997": "It is the other way round: these pass through as if untouched.",
        "1": "Not only the largest: all three come out as max.",
    },
    answer="3",
)

# %% [markdown]
# Check it, on values of which 3 lie above and 2 below. Sums, not means: look at which numbers of
# `upstream` appear.

# %%
x = np.float32([-9, -8.5, *np.linspace(-7, 3, 995), 4.5, 5, 20])
upstream = np.zeros(1000, np.float32)
upstream[:2], upstream[2:-3], upstream[-3:] = (1, 2), 7, (10, 20, 30)
lo, hi = tf.Variable(-6.0), tf.Variable(6.0)
with tf.GradientTape() as tape:
    y = tf.quantization.fake_quant_with_min_max_vars(x, lo, hi, 2)
to_ends = tape.gradient(y, [lo, hi], output_gradients=tf.constant(upstream))
print("to min and max:", *(each.numpy() for each in to_ends))
assert [each.numpy() for each in to_ends] == [1 + 2, 10 + 20 + 30]
np.testing.assert_allclose(gradients.range_gradients(x, upstream, p), to_ends, rtol=1e-6)

# %% [markdown]
# ## Exercise 2: gradients to the range
#
# Return both, the one to `lo` first.


# %%
def my_range_gradients(x, upstream, lo, hi):
    """Two float arrays of one shape and the ends of the range to two numbers, that of `lo` first.

    >>> [float(g) for g in my_range_gradients(np.array([-3, 0, 9]), np.array([1, 2, 4]), -1, 1)]
    [1.0, 4.0]
    """
    ### BEGIN SOLUTION
    return upstream[x < lo].sum(), upstream[x > hi].sum()
    ### END SOLUTION


# %%
check.range_gradients(my_range_gradients)

# %% [markdown]
# Is that enough to find a good range? Let your two gradients learn one: 4,000 Gaussian weights, 3 bits, and the mean squared error as the
# loss. Start far too narrow and go downhill. The yardstick is the range of least
# error from lesson 03. Watch what happens to the share that is clipped.


# %%
range_gradients = mine.use(check.range_gradients)
weights = np.random.default_rng(0).normal(0, 1, 4000).astype(np.float32)
best = params_from_range(*clipping.mse(weights, bits=3), bits=3)
least = metrics.mse(weights, qnn_edu.fake_quant(weights, best))

lo, hi = np.float64(-0.5), np.float64(0.5)
for step in range(501):
    q = params_from_range(lo, hi, bits=3)
    y = qnn_edu.fake_quant(weights, q)
    if step in (0, 20, 500):
        clipped = np.mean((weights < q.lo) | (weights > q.hi))
        print(
            f"step {step:3}: [{lo:.2f}, {hi:.2f}] clips {clipped:.2%}, error {metrics.mse(weights, y):.4f}"
        )
    to_lo, to_hi = range_gradients(weights, 2 * (y - weights) / y.size, q.lo, q.hi)
    lo, hi = lo - 3 * to_lo, hi - 3 * to_hi
by_range = metrics.mse(weights, y)
print(f"least possible: [{best.lo:.2f}, {best.hi:.2f}], error {least:.4f}")

# %% [markdown]
# It went past the best range and on, until next to nothing was clipped. These gradients feel clipping and
# are blind to rounding, so nothing ever holds them back. PACT, a method for activations whose
# upper end learns in this way, adds a penalty on that end, which pulls it in.

# %%
assert clipped < 0.002 and by_range > 2 * least

# %% [markdown]
# ## A gradient of your own
#
# `tf.custom_gradient` takes any lie. A classic for practice: change nothing forwards, and let 0.9 of the
# gradient through. What does it do to a chain of ten?


# %%
@tf.custom_gradient
def leaky_identity(x):
    return tf.identity(x), lambda upstream: 0.9 * upstream


x = tf.constant([1.0, -2.0])
for depth in (1, 2, 10):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x
        for _ in range(depth):
            y = leaky_identity(y)
    gradient = tape.gradient(y, x).numpy()
    print(f"{depth:2} in a row: value {y.numpy()}, gradient {gradient.round(3)}")
    np.testing.assert_array_equal(x, y)
    np.testing.assert_allclose(gradient, 0.9**depth, rtol=1e-6)

# %% [markdown]
# Nobody who looks at outputs sees it. On a single weight it is nothing but a learning rate times 0.9. In
# a deep network it is more: the factor is applied once for every layer in between, so early layers learn
# more slowly than late ones.

# %%
slower = descend(lambda x, upstream, params: 0.9 * upstream, -3, 2.5, p, rate=0.3)
np.testing.assert_allclose(slower, descend(ways["identity"], -3, 2.5, p, rate=0.27), rtol=1e-9)
print("40 steps at rate 0.3 with 0.9 = 40 steps at rate 0.27")

# %% [markdown]
# A leak in another place is worth more. A weight that starts *outside* the window is lost to the clipped
# STE: its gradient is 0, for ever. Let a tenth through out there, and follow a weight that starts at 7
# and is wanted at -2.5.


# %%
def leaky_ste(x, upstream, params):
    return upstream if params.lo <= x <= params.hi else 0.1 * upstream


lines = {"clipped": descend(ways["clipped"], 7, -2.5, p), "leaky": descend(leaky_ste, 7, -2.5, p)}
draw.show(
    plots.walks(lines, -2.5, levels=[p.lo, p.hi], grey="ends of the range"),
    "A weight starts at 7, above the range that ends at 4. Clipped, it stays there; leaky, it creeps "
    "in and then walks to the target.",
)
away = descend(leaky_ste, 7, 9, p)[-1]
print(f"wanted at -2.5: clipped {lines['clipped'][-1]:.1f}, leaky {lines['leaky'][-1]:.1f};"
      f" wanted at 9, leaky: {away:.1f}")  # fmt: skip
assert (lines["clipped"] == 7).all() and abs(lines["leaky"][-1] + 2) < 1 and away > 12

# %% [markdown]
# The price is the last number: towards a target that no level reaches, a leaky gradient pushes weights
# out for ever, only more slowly than the identity did.
#
# ## Exercise 3: a leak
#
# Write the leaky gradient for arrays.


# %%
def my_leaky(x, upstream, lo, hi, leak):
    """Two float arrays of one shape, two ends and a share to the gradient, of that shape.

    >>> my_leaky(np.array([0.0, 9.0]), np.array([2.0, 2.0]), -1, 1, 0.25)
    array([2. , 0.5])
    """
    ### BEGIN SOLUTION
    return np.where((x >= lo) & (x <= hi), upstream, leak * upstream)
    ### END SOLUTION


# %%
check.leaky(my_leaky)

# %% [markdown]
# How large a leak is good? Try four, with your function, and 400 steps from 7: when is the weight inside that
# is wanted at -2.5, and where does the one end that is wanted at 9?

# %%
leaky = mine.use(check.leaky)


def walk_with(leak, target):
    def gradient(x, upstream, params):
        return float(leaky(np.array([x]), np.array([upstream]), params.lo, params.hi, leak)[0])

    return descend(gradient, 7, target, p, steps=400)


inside, out = [], []
for leak in (0, 0.01, 0.1, 0.5):
    steps = np.flatnonzero(walk_with(leak, -2.5) <= p.hi)
    inside.append(int(steps[0]) if steps.size else "never")
    out.append(walk_with(leak, 9)[-1])
    print(f"leak {leak:4}: steps until inside {inside[-1]:>5}; the other one at {out[-1]:5.1f}")
assert inside[0] == "never" and inside[1] > inside[2] > inside[3]
assert out[0] == 7 and (np.diff(out) > 0).all()

# %% [markdown]
# The larger the leak, the sooner the one is back, and the further out the other. No leak suits both.

# %% [markdown]
# ## Explore
#
# Two of the three descents you know. (The third, `learned step`, is part two's.) Drag `steps` from 0 to 40:
# the staircase stands, straight-through swings. The read-out counts how often the weight went to another
# level, and when last. Try a target of 4, a level. Start at 8: who is lost? Let `bits` be 3, and raise the
# learning rate.

# %%
explorer = explorers.straight_through()
explorer

# %% [markdown]
# In numbers: how often each of the two goes to another level, for a target between two levels, on one, and
# beyond the last; then from a start outside the window.

# %%
print(f"{'start':>5} {'target':>6} {'staircase':>10} {'straight-through':>17}  last in step")
for start, target in [(-3, 2.5), (-3, 4.0), (-3, 6.0), (8, -2.5)]:
    walks = explorer.at(start=start, target=target, steps=40)["walks"]
    still, moves = (walks[name].changes_of_level() for name in ("staircase", "straight-through"))
    print(
        f"{start:5} {target:6} {len(still):10} {len(moves):17}  {moves[-1] if len(moves) else '-'}"
    )
    assert len(still) == 0 and (len(moves) > 20) == (target == 2.5)
    assert (len(moves) == 0) == (start == 8)

# %% [markdown]
# ## What the estimator is not
#
# It is not the gradient of the loss. Take the target 1: the best level is 0, the next is 4. A true
# gradient would vanish in the best place. The STE does not: it pulls up from 0 and down from 4, so the
# weight goes to the edge between them and swings, at every learning rate. Look at how often it is at 4.


# %%
levels = qnn_edu.dequantize(np.arange(-2, 2), p)
lowest = np.min((levels - 1) ** 2 / 2)
for rate in (0.3, 0.1, 0.02):
    value = qnn_edu.fake_quant(descend(ways["clipped"], -3, 1.0, p, rate, 2000)[400:], p)
    loss = np.mean((value - 1) ** 2 / 2)
    print(f"rate {rate:4}: at 4 for {np.mean(value == 4):.0%} of the time, mean value {value.mean():.2f},"
          f" mean loss {loss:.2f} (best {lowest})")  # fmt: skip
    assert set(value) == {0, 4} and abs(value.mean() - 1) < 0.01 and loss > 2.9 * lowest

# %% [markdown]
# With a smaller rate the weight swings less, but its output still flips: a quarter of the time the wrong
# level is out, and the loss is three times the least. The mean over time is 1.00, just as wanted. A
# network does not use the mean, though; it is stored as it stands at the last step. This bias is known,
# and so are such **oscillations** in whole networks: the last paper below is about them.

# %% [markdown]
# ## Keep what is yours
#
# What the checks found right goes into `my_qnn.py`, beside the lessons. Lesson 07 trains a whole network
# through such an estimator.

# %%
mine.keep(check)

# %% [markdown]
# ## What you have learned
#
# - A staircase has slope 0; gradient descent stands still on it.
# - The straight-through estimator takes rounding for the identity and keeps the slope of the clip: 1
#   inside the range, 0 outside, after nudging, ends included. TensorFlow's op does exactly that.
# - Ends of a range get the sum of what was clipped to them, and are blind to rounding.
# - A leak brings lost weights back, and drives others out.
# - The estimator is biased: it walks to the edge between two levels and swings there.
#
# You have what lesson 07 needs. Go on there, or stay for part two.

# %% [markdown]
# ## Part two: a step size that learns (you may leave this out)
#
# What if the stairs may move? **Learned step size quantization** (LSQ) takes the scale `s` itself as a
# weight:
#
# $$\hat x = s \cdot \mathrm{round}(\mathrm{clip}(x / s,\ q_{min},\ q_{max})).$$
#
# Differentiate by `s`, with the product rule, and with 1 for the slope of round:
#
# $$\frac{\partial \hat x}{\partial s} = \begin{cases} \mathrm{round}(x / s) - x / s & \text{inside} \\
# q_{min} \text{ or } q_{max} & \text{outside.} \end{cases}$$
#
# Outside, the ends again. Inside there is something new.

# %% jupyter={"source_hidden": true}
quiz(
    "Inside the range: where is the gradient to the step size largest?",
    {
        "on the levels": "There round(x / s) - x / s is 0: nothing is rounded.",
        "just beside the edges": "Half way between two levels the rounding error is half a step.",
        "the same everywhere": "That is how min and max had it: 0 everywhere inside.",
        "at the ends of the range": "Just inside an end x lies on a level: 0.",
    },
    answer="just beside the edges",
)

# %% [markdown]
# Write it with `tf.custom_gradient`. There are two inputs now, so two gradients come back. LSQ divides the
# one to the step by the root of (number of values times `qmax`): a sum over many values is large, and one
# learning rate has to suit step and weights alike.


# %%
def learned_quantizer(qmin, qmax):
    @tf.custom_gradient
    def quantizer(x, s):
        steps = x / s
        level = tf.clip_by_value(tf.floor(steps + 0.5), qmin, qmax)
        inside = (steps > qmin) & (steps < qmax)

        def backward(upstream):
            to_x = tf.where(inside, upstream, 0.0)
            slope = tf.where(inside, level - steps, level)
            size = tf.sqrt(tf.cast(tf.size(x), tf.float32) * qmax)
            return to_x, tf.reduce_sum(upstream * slope) / size

        return s * level, backward

    return quantizer


# %% [markdown]
# Against the package, on random values and upstream. The gradient to x is the same to the bit; the sum
# to the last digits of a float32. Then the picture: the sawtooth of lesson 02 again, the rounding
# error in steps.

# %%
rng = np.random.default_rng(2)
x, upstream = (rng.normal(0, size, 10_000).astype(np.float32) for size in (5, 1))
v, s = tf.Variable(x), tf.Variable(4.0)
with tf.GradientTape() as tape:
    y = learned_quantizer(-2, 1)(v, s)
to_x, to_s = tape.gradient(y, [v, s], output_gradients=tf.constant(upstream))
theirs = gradients.learned_step(x, upstream, 4.0, -2, 1)
np.testing.assert_array_equal(to_x, theirs[0])
np.testing.assert_allclose(to_s, theirs[1], rtol=1e-4)
np.testing.assert_array_equal(y, qnn_edu.fake_quant(x, p))

x = np.linspace(-11, 8, 1901)
lines = {"to x": gradients.straight_through(x, np.ones(x.size), p)}
lines["to the step"] = gradients.step_slope(x, 4.0, -2, 1)
alt = "The gradient to x is 1 from -8 to 4; that to the step a sawtooth inside, -2 and 1 outside."
draw.show(plots.gradients(x, lines, p), alt)

# %% [markdown]
# ## Exercise 4: the gradient to the step
#
# The same in numpy: one number for all of `x`, gradient scale included. At an end itself the slope is
# that of outside, as above.


# %%
def my_step_gradient(x, upstream, scale, qmin, qmax):
    """Two float arrays of one shape, a scale and two whole numbers to one number.

    >>> float(my_step_gradient(np.array([0.75, 9.0]), np.array([2.0, 1.0]), 1.0, -2, 2))
    1.25
    """
    ### BEGIN SOLUTION
    steps = x / scale
    slope = np.clip(np.round(steps), qmin, qmax)
    slope = np.where((steps > qmin) & (steps < qmax), slope - steps, slope)
    return np.sum(upstream * slope) / np.sqrt(x.size * qmax)
    ### END SOLUTION


# %%
check.step_gradient(my_step_gradient)

# %% [markdown]
# Put yours to the same test as the range: 4,000 weights, 3 bits, start with steps far too small and far too
# large. (The factor in the last line undoes LSQ's gradient scale and sets a rate that suits this loss.)
# Compare the two ends with each other, and with the least error there is.

# %%
step_gradient, found = mine.use(check.step_gradient), {}
for start in (0.1, 2.0):
    scale = start
    for _ in range(300):
        y = scale * np.clip(np.floor(weights / scale + 0.5), -4, 3)
        to_step = step_gradient(weights, 2 * (y - weights) / y.size, scale, -4, 3)
        scale -= 0.1 * np.sqrt(y.size * 3) * to_step
    found[start] = scale, metrics.mse(weights, y)
    print(f"start {start}: step {scale:.3f}, error {found[start][1]:.5f}")
print(
    f"least: step {best.scale:.3f}, error {least:.5f}; by the gradients to the range {by_range:.5f}"
)
assert np.isclose(found[0.1][0], found[2.0][0], rtol=1e-3)
assert least < found[0.1][1] < 1.02 * least < by_range / 2

# %% [markdown]
# From both sides it comes to the same step, and its error is within two percent of the least. It does not
# sit exactly in the minimum, for this gradient is a lie too, only a better one: it feels rounding as well
# as clipping.
#
# ## Three at once
#
# Back to the one weight, now with a step of its own. TensorFlow's tape does the rest.

# %%
w, s, walk = tf.Variable(-3.0), tf.Variable(4.0), []
quantizer = learned_quantizer(-2, 1)
for _ in range(41):
    with tf.GradientTape() as tape:
        y = quantizer(w, s)
        loss = (y - 2.5) ** 2 / 2
    walk.append((w.numpy(), s.numpy(), y.numpy()))
    for variable, gradient in zip((w, s), tape.gradient(loss, (w, s)), strict=True):
        variable.assign_sub(0.3 * gradient)

options = {"start": -3.0, "target": 2.5, "rate": 0.3, "steps": 40}
theirs = numbers.straight_through.descend("learned step", p, **options)
np.testing.assert_allclose(
    walk, np.transpose([theirs.weight, theirs.scale, theirs.value]), atol=1e-3
)
print(
    f"after 40 steps: weight {walk[-1][0]:.2f}, step {walk[-1][1]:.2f}, comes out as {walk[-1][2]:.2f}"
)
assert abs(walk[-1][2] - 2.5) < 0.05

# %% [markdown]
# The explorer again, with the stairs of the learned step on the left. Drag `steps` from 0 to 40: the levels
# themselves move to the target. Give it a target of 4, of 6. Start at 8. Then give it a target of -2.5: who
# is lost now?

# %%
explorer = explorers.straight_through().set(method="learned step")
explorer

# %% [markdown]
# In numbers: what each of the three comes out as at the end. The target lies between two levels, on one,
# beyond the last; then the start lies outside the window, with the target on its side of zero and on the
# other. Which case is too much even for the learned step?

# %%
ends, methods = [], numbers.straight_through.METHODS
print(f"{'start':>5} {'target':>6}", *(f"{method:>16}" for method in methods))
for start, target in [(-3, 2.5), (-3, 4.0), (-3, 6.0), (8, 2.5), (8, -2.5)]:
    walks = explorer.at(start=start, target=target, steps=40)["walks"]
    ends.append([float(walks[method].value[-1]) for method in methods])
    print(f"{start:5} {target:6}", *(f"{value:16.2f}" for value in ends[-1]))
np.testing.assert_array_equal(np.array(ends)[1:, 1], 4)
np.testing.assert_allclose(np.array(ends)[:4, 2], [2.5, 4, 6, 2.5], atol=0.1)

# %% [markdown]
# The last one. The weight is stuck at 8, so it comes out as the last level; to get that level below zero,
# the step would have to be negative. It shrinks to nothing instead (here to the least that is allowed),
# and takes all levels with it.

# %%
lost = explorer.at(start=8, target=-2.5, steps=40)["walks"]["learned step"]
print(f"weight {lost.weight[-1]}, step {lost.scale[0]:.2f} -> {lost.scale[-1]:.2f}")
assert lost.weight[-1] == 8 and lost.scale[-1] < 0.1

# %% [markdown]
# One weight with a step of its own reaches nearly any target, so that picture flatters the method. Thousands
# of weights share one step, and there it earned what you measured above: near the least error, and no
# nearer.
#
# ## Keep this, too

# %%
mine.keep(check)

# %% [markdown]
# ## What part two adds
#
# - LSQ takes the step size for a weight. Its gradient feels clipping, as the ends of a range do, and rounding
#   as well: it is largest beside the edges.
# - From both sides it comes within two percent of the least error. It is a better lie, and still one.
# - A weight that is lost on the far side of zero pulls the step to nothing, and all levels with it.

# %% [markdown]
# ## What to read next
#
# - Y. Bengio, N. Léonard and A. Courville, *Estimating or Propagating Gradients Through Stochastic
#   Neurons for Conditional Computation*, 2013: where the estimator got its name, and its bias.
# - R. Krishnamoorthi, *Quantizing deep convolutional networks for efficient inference*, 2018, section 2.4,
#   equation 15: the clipped estimator.
# - S. Esser et al., *Learned Step Size Quantization*, 2020, sections 2.1 and 2.2: the gradient to the step,
#   and the reason for its scale.
# - J. Choi et al., *PACT: Parameterized Clipping Activation for Quantized Neural Networks*, 2018,
#   section 4: an upper end that learns, and the penalty that holds it.
# - M. Nagel et al., *Overcoming Oscillations in Quantization-Aware Training*, 2022: this swing in MobileNet.
