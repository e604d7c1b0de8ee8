# %% [markdown]
# # 01 A quantized model at work
#
# Here are two files with the same network: one computes in 32-bit floating point, the other in 8-bit
# integers. Before any theory, run both side by side on real digits, and on photographs, and look
# inside. What is smaller? What is faster? Do they ever disagree?
#
# **40 minutes.** You need nothing but curiosity. The models run in LiteRT, the runtime that phones
# use; TensorFlow is not loaded.

# %% [markdown]
# ## What you will learn
#
# - what is in a quantized model file, and how much smaller it is,
# - how to feed integers in and read probabilities out,
# - how far float and int8 drift apart inside, and when it changes an answer,
# - why one measures time instead of assuming it.

# %%
import numpy as np

import qnn_edu
from qnn_edu import data, draw, metrics, nets, tflite
from qnn_edu.draw import plots, style
from qnn_edu.lessons import lesson_01 as check
from qnn_edu.lessons import mine
from qnn_edu.ui import explorers, quiz

# %% [markdown]
# ## Two files
#
# The network is small: a convolution, three depthwise-separable blocks, a mean and a dense layer,
# trained by this project on 8 x 8 pixel digits. A file stores its weights as arrays of two or more
# dimensions (biases, the other constants, have one). Compare the bytes of the weights and the bytes
# of the files. The weights shrink by exactly four. Why does the file not?

# %%
float_file, int8_file = data.asset("digits_float32.tflite"), data.asset("digits_int8.tflite")
for file in (float_file, int8_file):
    graph = tflite.read(file)
    constants = [tensor.data for tensor in graph.tensors if tensor.data is not None]
    weights = [array for array in constants if array.ndim > 1]
    kind, size = weights[0].dtype, sum(array.nbytes for array in weights)
    print(f"{file.name:24} file {graph.size:6} bytes, weights of {kind}: {size:6} bytes")
    assert size == {"float32": 4, "int8": 1}[str(kind)] * 8448
assert 1.8 < (graph.size - size) / size < 2.2

# %% [markdown]
# A file also holds the graph, the names of its tensors, and for int8 a *scale* and a *zero point* for
# each channel (two numbers that you meet in a moment). In a network of 8,448 weights that takes twice
# as much room as the int8 weights themselves. In one with a million it is nothing: there the file
# itself comes close to a quarter. You will see one below.

# %% [markdown]
# ## What goes in, what comes out
#
# A model file says what its input and output look like. Compare the two files. The int8 one has a
# scale and a zero point at either end, so that integers can be turned into real numbers and back:
# `x = scale * (q - zero_point)`.

# %%
float_graph, int8_graph = tflite.read(float_file), tflite.read(int8_file)
for name, graph in {"float": float_graph, "int8": int8_graph}.items():
    for end, index in (("input", graph.inputs[0]), ("output", graph.outputs[0])):
        t = graph.tensors[index]
        print(
            f"{name:6}{end:7} {t.dtype!s:8} {t.shape}  scale {t.scale}  zero point {t.zero_point}"
        )

# %% [markdown]
# Pixels lie between 0 and 1. 256 integers share that range: the **scale** is the distance from one
# place to the next, here 1/255, and the **zero point** is the integer that stands for 0.0, here -128,
# black. That is all there is to it; where such numbers come from is lesson 02. Below is the line of
# the pixels: real numbers above, the integers that stand for them below. What becomes of 0.3, which
# lies between two places? It takes the nearest.

# %%
takes = int8_graph.tensors[int8_graph.inputs[0]].params
ax = plots.ruler(takes, [-128, -64, 0, 64, 127], ax=style.figure(8, 1.1).add_subplot())
draw.show(ax, "A line from 0 to 1 with 256 places; -128 stands for 0, and 127 for 1.")
assert takes.zero_point == -128 and abs(255 * takes.scale - 1) < 1e-6

# %% [markdown]
# ## Exercise 1: the model's input
#
# Turn an image of real numbers into the int8 numbers that the model takes. `x = scale * (q -
# zero_point)`, solved for `q`: divide by the scale, round to the nearest integer, add the zero point,
# stay within -128 and 127. The check says what is wrong; `check.model_input.hint()` gives a hint, and
# `hint(2)` a stronger one.


# %%
def my_input(image, scale, zero_point):
    """The int8 numbers that stand for an image.

    image: real numbers, an array of any shape. scale: a real number; zero_point: an integer.
    Gives an array of that shape, of type np.int8.

    >>> my_input(np.array([0.0, 0.2, 1.0]), 1 / 255, -128)
    array([-128,  -77,  127], dtype=int8)
    """
    ### BEGIN SOLUTION
    q = np.round(image / scale) + zero_point
    return np.clip(q, -128, 127).astype(np.int8)
    ### END SOLUTION


# %%
check.model_input(my_input)

# %% [markdown]
# ## Integers in, integers out
#
# `mine.use` gives your function back if it is right, and ours until then; it says which. From here on
# the lesson runs on it. The first of 1,797 digits goes in: look at what comes out.

# %%
to_int8 = mine.use(check.model_input)
x, y = data.digits("all")
q = to_int8(x[0, :, :, 0], float(takes.scale), int(takes.zero_point))
answer = nets.run_tflite(int8_file, q.reshape(1, 8, 8, 1)).outputs[0][0]
print(f"truth {y[0]}; the file answers {answer}")
assert answer.dtype == np.int8 and answer.argmax() == y[0]

# %% [markdown]
# ## Exercise 2: probabilities
#
# The int8 file answers in integers, one for each of the ten digits: 127 for the 0, and -128 nine
# times. Turn them into probabilities with the output's scale and zero point. Mind what int8 minus int8
# can hold.


# %%
def my_probabilities(q, scale, zero_point):
    """The real numbers that integers stand for.

    q: an array of type np.int8. scale: a real number; zero_point: an integer.
    Gives an array of real numbers, of q's shape.

    >>> my_probabilities(np.array([-128, 0, 127], np.int8), 0.5, -128)
    array([  0. ,  64. , 127.5])
    """
    ### BEGIN SOLUTION
    return scale * (q.astype(np.int32) - zero_point)
    ### END SOLUTION


# %%
check.probabilities(my_probabilities)

# %% [markdown]
# ## Exercise 3: top k
#
# Return the indices of the `k` largest probabilities, the most likely class first.


# %%
def my_top(p, k):
    """The k most likely classes, the most likely one first.

    p: the probability of each class, an array of one dimension. k: how many classes.
    Gives k indices.

    >>> my_top(np.array([0.1, 0.6, 0.05, 0.25]), 2)
    array([1, 3])
    """
    ### BEGIN SOLUTION
    return np.argsort(-p, kind="stable")[:k]
    ### END SOLUTION


# %%
check.top(my_top)

# %% [markdown]
# ## One digit through both
#
# Now both files, with all three functions: each image goes through `to_int8`, what the int8 file
# answers through `to_real`, and `top` lists the likeliest digits with their probabilities. Do the two
# files agree on the first digit?

# %%
to_real, top_k = mine.use(check.probabilities), mine.use(check.top)
gives = int8_graph.tensors[int8_graph.outputs[0]].params
fed, read = ((float(each.scale), int(each.zero_point)) for each in (takes, gives))


def run_both(images):
    real = nets.run_tflite(float_file, images).outputs[0]
    q = np.stack([to_int8(image, *fed) for image in images[..., 0]])  # one by one
    q = nets.run_tflite(int8_file, q[..., None]).outputs[0]
    return real, np.stack([to_real(each, *read) for each in q])


def top(p, k=3):
    return ", ".join(f"{c} ({p[c]:.2f})" for c in top_k(p, k))


real, int8 = run_both(x[:1])
print(f"truth {y[0]};  float: {top(real[0])};  int8: {top(int8[0])}")

# %% [markdown]
# ## All digits
#
# Now every digit there is, 1,797 of them; 355 were never shown in training. Predict first.

# %% jupyter={"source_hidden": true}
quiz(
    "On how many of the 1,797 digits will float and int8 choose different answers?",
    {
        "0": "Where two answers are almost equally likely, a small error can tip it.",
        "1": "One. It takes a digit on which the float network itself is in doubt.",
        "about 20": "That would be 1 %. Int8 with good ranges does better on an easy task.",
        "about 200": "Every value inside carries an error, but most decisions have a wide margin.",
    },
    answer="1",
)

# %% [markdown]
# All 1,797 go through your functions, or ours until yours are right: the check found them equal on a
# few images, here they have to hold on every one. `says_float` and `says_int8` are the answers; how
# many are right, and where do they differ?

# %%
real, int8 = run_both(x)
says_float, says_int8 = real.argmax(axis=1), int8.argmax(axis=1)
right = {"float": (says_float == y).sum(), "int8": (says_int8 == y).sum()}
disagree = np.flatnonzero(says_float != says_int8)
print(f"right of {len(y):,}: float {right['float']:,}, int8 {right['int8']:,}")
print("they disagree on digit", disagree)
assert right == {"float": 1796, "int8": 1795} and len(disagree) == 1

# %% [markdown]
# **1,795 of 1,797.** Where the lines above said `yours`, that is the accuracy of an int8 model which you
# feed and read yourself.

# %% [markdown]
# Look at that one digit beside three ordinary ones. Above each stands what both files say. The odd
# one is an 8 whose lower loop has closed, and the float network is not sure of it either.

# %%
odd = disagree[0]
shown = [0, 1, 2, odd]
titles = [f"truth {y[k]}\nfloat {top(real[k], 2)}\nint8 {top(int8[k], 2)}" for k in shown]
ax = plots.images(x[shown], titles, ax=style.figure(9, 2.7).add_subplot())
draw.show(ax, "Three clear digits, and an 8 on which float says 8 and int8 says 3.")
print(f"digit {odd}, an {y[odd]}: float {top(real[odd])}; int8 {top(int8[odd])}")
assert real[odd].max() < 0.7

# %% [markdown]
# This is what quantization does to answers: nothing, as long as they are clear. Where two classes
# are close, the error decides. The question is never only *how many* points of accuracy are lost but
# *which* inputs change sides.
#
# Step through them with the arrow keys, from the most doubtful to the surest. How soon do both bars
# become the same? (The control `kernels` is for lesson 09: another way of rounding inside.)

# %%
explorer = explorers.side_by_side()
explorer

# %% [markdown]
# After the first few the bars are hardly to be told apart. Here is the largest difference in any
# probability, among the ten most doubtful digits and among the surest thousand.

# %%
gap = np.abs(real - int8).max(axis=1)
best_two = np.sort(real, axis=1)[:, -2:]
order = np.argsort(best_two[:, 1] - best_two[:, 0])
print(f"largest difference: {gap[order[:10]].max():.3f} among the ten most doubtful,"
      f" {gap[order[-1000:]].max():.3f} among the surest thousand")  # fmt: skip
assert order[0] == odd and gap[order[:10]].max() > 0.15 and gap[order[-1000:]].max() < 0.005

# %% [markdown]
# ## Inside the file
#
# Open the int8 file and read the very numbers. Here are the first filter's nine weights as stored,
# their scale times them, computed by hand and compared with the package, and the float file's. Each
# differs by half a step at most.

# %%
q = int8_graph.tensors[int8_graph.operators[0].inputs[1]]
w = float_graph.tensors[float_graph.operators[0].inputs[1]]
filter_q, filter_w = q.data[0, :, :, 0], w.data[0, :, :, 0]
back = q.scale[0] * filter_q.astype(np.float32)
np.testing.assert_array_equal(back, qnn_edu.dequantize(q.data, q.params)[0, :, :, 0])
ax = plots.matrices({"stored (int8)": filter_q, "scale * q": back, "float file": filter_w})
ax.figure.set_size_inches(6.5, 2.3)
draw.show(
    ax, "Nine weights of the first filter: as int8, times their scale, and in the float file."
)
print(
    f"scale {q.scale[0]:.5f}; largest difference {np.abs(back - filter_w).max() / q.scale[0]:.2f} steps"
)
assert np.abs(back - filter_w).max() <= 0.501 * q.scale[0]

# %% [markdown]
# Not only the weights are integers. Every tensor between two layers is, with a scale of its own.
# Keep them all while 100 digits pass through, and compare each with the float network's. SQNR is the
# signal's energy over the error's in decibels: 40 dB means that the error is 1 % in size. Which two
# layers bring it up again?

# %%
images = x[:100]
kept = nets.run_tflite(float_file, images, keep=True).tensors
kept_q = nets.run_tflite(int8_file, qnn_edu.quantize(images, takes), keep=True).tensors
sqnr = []
for a, b in zip(float_graph.operators, int8_graph.operators, strict=True):
    t = int8_graph.tensors[b.outputs[0]]
    approx = qnn_edu.dequantize(kept_q[t.index], t.params)
    sqnr.append(metrics.sqnr_db(kept[a.outputs[0]], approx))
    print(f"{b.name:18} {t.shape!s:15} scale {t.scale:.5f}  zero point {t.zero_point:4}"
          f"  SQNR {sqnr[-1]:5.1f} dB")  # fmt: skip
assert sqnr[0] > sqnr[1] > sqnr[2] > sqnr[4] > sqnr[6] and sqnr[7] > sqnr[6] + 2
assert min(sqnr) > 20 * np.log10(100 / 3) and sqnr[9] > 48

# %% [markdown]
# Each layer adds its own rounding to what it inherits, so the SQNR falls from layer to layer, to 33
# dB. Nowhere does the error reach 3 % of the signal. Two layers bring it up. The mean over 16
# positions: errors point either way and partly cancel, signals do not, and the SQNR rises by 3 dB.
# And the softmax, to 48 dB: a clear digit has one probability near 1 and nine near 0, whatever small
# errors its scores have. If that is the reason, doubtful digits must fare worse. Look.

# %%
groups = {"the 100 surest": order[-100:], "the 100 most doubtful": order[:100]}
at_softmax = {name: metrics.sqnr_db(real[each], int8[each]) for name, each in groups.items()}
print("  ".join(f"{name}: {value:.1f} dB" for name, value in at_softmax.items()))
assert at_softmax["the 100 surest"] > 48 and at_softmax["the 100 most doubtful"] < 30

# %% [markdown]
# ## Does it run faster?
#
# Measure, do not assume. The weights are four times smaller: is the network four times faster? Times
# are medians of 300 runs on the machine that made this page, an idle x86-64 server; yours differ.

# %% tags=["nbval-ignore-output"]
one, times = {"float": x[:1], "int8": qnn_edu.quantize(x[:1], takes)}, {}
for name, file in {"float": float_file, "int8": int8_file}.items():
    times[name] = nets.time_tflite(file, one[name], repeats=300)
    print(f"{name:6}{1e6 * times[name]:6.1f} µs")
print(f"float takes {times['float'] / times['int8']:.1f} times as long")
assert times["float"] < 4 * times["int8"]

# %% [markdown]
# Not four times. On a large processor with fast floating point, and a network this small, int8 need
# not win at all: each layer also has to rescale its sums. Int8 wins where memory is the bottleneck,
# where the processor has instructions for it, and on the many chips that have no floating point. On
# your target, measure. (Even the answers of one int8 file may differ by a step from one set of kernels
# to another. That is lesson 09.)

# %% [markdown]
# ## Real photographs
#
# MobileNet v1 knows 1,000 kinds of things. Its 2018 quantized file is not part of this course: it
# comes over the network, once, and is kept. Without a network the next cell says so, and what follows
# shows the answers that this project recorded. The **float twin** is the same file with every
# quantized number replaced by the real number it stands for, so both differ only in how they compute.

# %% tags=["nbval-ignore-output"]
try:
    mobilenet, labels = data.fetch("mobilenet_v1_0.5_160_uint8.tflite"), data.imagenet_labels()
    twin, graph = tflite.float_twin(mobilenet), tflite.read(mobilenet)
    photo_in, photo_out = (graph.tensors[i].params for i in (*graph.inputs, *graph.outputs))
    size = mobilenet.stat().st_size
    print(f"MobileNet v1 0.5 160: {size / 1e6:.2f} MB in uint8, {len(twin) / 1e6:.2f} in float32")
    assert photo_in.zero_point == 128 and 3.5 < len(twin) / size < 4
except data.NotAvailable as message:
    mobilenet = None
    print(message)

# %% [markdown]
# Here the file itself is nearly four times smaller (1.39 MB against 5.33): a million weights dwarf
# everything else. Now four photographs, 160 x 160 pixels each. A pixel is already a uint8, and that is
# the quantized file's input as it stands; the twin takes the real values, -1 to 1, that its scale and
# zero point (128) give. What do both see?


# %% tags=["nbval-ignore-output"]
def classify(photo):
    q = nets.run_tflite(mobilenet, photo[None]).outputs[0][0]
    p = nets.run_tflite(twin, qnn_edu.dequantize(photo[None], photo_in)).outputs[0][0]
    both = {"uint8": qnn_edu.dequantize(q, photo_out), "float twin": p}
    best = {file: np.argsort(-p, kind="stable")[:3] for file, p in both.items()}
    return {file: {labels[c].split(",")[0]: both[file][c] for c in best[file]} for file in both}


def words(file, answer):
    return "\n".join([file, *(f"  {label} ({p:.2f})" for label, p in answer.items())])


names = ("chelsea", "coffee", "motorcycle", "china")
photos = {name: data.photo(name, size=160) for name in names}
recorded = data.recorded_answers()
seen = {n: classify(photos[n]) if mobilenet else recorded[n] for n in names}
titles = ["\n".join(words(*each) for each in seen[name].items()) for name in names]
ax = plots.images(list(photos.values()), titles, ax=style.figure(9, 3.4).add_subplot())
draw.show(ax, "A cat, a cup of coffee, a motorcycle and a Chinese palace, named by both networks.",
          colors=256)  # fmt: skip

# %% [markdown]
# The cat, the coffee and the motorcycle get the same first answer from both, with nearly the same
# confidence. The palace is none of MobileNet's 1,000 things, and both are at a loss. There they part:
# in steps of 1/256 the quantized output cannot even tell its first two guesses apart. Again it is the
# doubtful case that changes sides.

# %% tags=["nbval-ignore-output"]
first = {name: [next(iter(answer)) for answer in seen[name].values()] for name in names}
print("same first answer:", same := [first[name][0] == first[name][1] for name in names])
one, two, _ = seen["china"]["uint8"].values()
print("the palace's first two guesses, quantized:", one, two)
assert same == [True, True, True, False] and one == two
gaps = [abs(seen[n]["uint8"][first[n][0]] - seen[n]["float twin"][first[n][0]]) for n in names]
print("confidence differs by", np.round(gaps, 2))
assert max(gaps[:3]) < 0.05

# %% [markdown]
# ## Keep what is yours
#
# What your checks found right goes into `my_qnn.py`, a file beside the lessons. Later lessons take it
# from there, so the network of lesson 09 will run on your own functions.

# %%
mine.keep(check)

# %% [markdown]
# ## What you have learned
#
# - An int8 file stores weights in a quarter of the bytes, with a scale and a zero point for every
#   tensor.
# - Integers go in and come out; `scale * (q - zero_point)` is what they mean.
# - Each layer adds a little noise. Clear answers survive it, doubtful ones may flip.
# - A quarter of the bytes is not a quarter of the time. Speed depends on the chip: measure it.

# %% [markdown]
# ## What to read next
#
# - A. Howard et al., *MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
#   Applications*, 2017, section 3: the depthwise-separable block that both networks here are made of.
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient
#   Integer-Arithmetic-Only Inference*, CVPR 2018, section 4: what quantization did to MobileNets.
# - Next: [02 Quantize and dequantize](02_quantize_and_dequantize.ipynb).
