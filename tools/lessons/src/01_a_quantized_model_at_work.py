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
from qnn_edu.ui import explorers, quiz

# %% [markdown]
# ## Two files
#
# The network is small: a convolution, three depthwise-separable blocks, a mean and a dense layer,
# trained by this project on 8 x 8 pixel digits. Compare the bytes of its weights and the bytes of
# the files. The weights shrink by exactly four. Why does the file not?

# %%
float_file, int8_file = data.asset("digits_float32.tflite"), data.asset("digits_int8.tflite")
for file in (float_file, int8_file):
    graph = tflite.read(file)
    weights = [graph.tensors[op.inputs[1]].data for op in graph.operators if len(op.inputs) == 3]
    size = sum(w.nbytes for w in weights)
    print(
        f"{file.name:24} file {graph.size:6} bytes, weights of {weights[0].dtype}: {size:6} bytes"
    )
    assert size == {"float32": 4, "int8": 1}[str(weights[0].dtype)] * 8448
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
# Pixels lie between 0 and 1, so the input's scale is 1/255 and black becomes -128. The output is a
# probability for each of ten digits in steps of 1/256.

# %% [markdown]
# ## Exercise 1: the model's input
#
# Turn an image of real numbers into the int8 numbers that the model takes: divide by the scale,
# round, add the zero point, stay within -128 and 127. The check says what is wrong;
# `check.model_input.hint()` gives a hint, and `hint(2)` a stronger one.


# %%
def my_input(image, scale, zero_point):
    ### BEGIN SOLUTION
    q = np.round(image / scale) + zero_point
    return np.clip(q, -128, 127).astype(np.int8)
    ### END SOLUTION


# %%
check.model_input(my_input)

# %% [markdown]
# ## One digit through both
#
# The package does the same with `quantize`. Run one digit through both files. `top` lists the three
# most likely digits with their probabilities, as each file sees them.

# %%
x, y = data.digits("all")
int8_in = int8_graph.tensors[int8_graph.inputs[0]].params
int8_out = int8_graph.tensors[int8_graph.outputs[0]].params


def run_both(images, kernels="xnnpack"):
    real = nets.run_tflite(float_file, images, kernels=kernels).outputs[0]
    q = nets.run_tflite(int8_file, qnn_edu.quantize(images, int8_in), kernels=kernels).outputs[0]
    return real, qnn_edu.dequantize(q, int8_out)


def top(p, k=3):
    return ", ".join(f"{c} ({p[c]:.2f})" for c in np.argsort(-p)[:k])


real, int8 = run_both(x[:1])
print(f"truth {y[0]};  float: {top(real[0])};  int8: {top(int8[0])}")

# %% [markdown]
# ## Exercise 2: probabilities
#
# The int8 file answers in integers. Turn them into probabilities with the output's scale and zero
# point. Mind what int8 can hold.


# %%
def my_probabilities(q, scale, zero_point):
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
    ### BEGIN SOLUTION
    return np.argsort(-p, kind="stable")[:k]
    ### END SOLUTION


# %%
check.top(my_top)

# %% [markdown]
# ## All digits
#
# Now every digit there is, 1,797 of them; 355 were never shown in training. Predict first.

# %% jupyter={"source_hidden": true}
quiz(
    "On how many of the 1,797 digits will float and int8 choose different answers?",
    {
        "0": "Nearly. Where two answers are almost equally likely, a small error can tip it.",
        "1": "One. It takes a digit on which the float network itself is in doubt.",
        "about 20": "That would be 1 %. Int8 with good ranges does better on an easy task.",
        "about 200": "Every value inside carries an error, but most decisions have a wide margin.",
    },
    answer="1",
)

# %% [markdown]
# All of them take a fraction of a second. `says_float` and `says_int8` are the answers; look for where
# they differ.

# %%
real, int8 = run_both(x)
says_float, says_int8 = real.argmax(axis=1), int8.argmax(axis=1)
print(f"right of {len(y)}: float {(says_float == y).sum()}, int8 {(says_int8 == y).sum()}")
disagree = np.flatnonzero(says_float != says_int8)
print("they disagree on digit", disagree)
assert len(disagree) == 1

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
# become the same? (At position 1, the second digit, switch the kernels. More about them below.)

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
# signal's energy over the error's in decibels: 40 dB means that the error is 1 % in size.

# %%
images = x[:100]
kept = nets.run_tflite(float_file, images, keep=True).tensors
kept_q = nets.run_tflite(int8_file, qnn_edu.quantize(images, int8_in), keep=True).tensors
sqnr = []
for a, b in zip(float_graph.operators, int8_graph.operators, strict=True):
    t = int8_graph.tensors[b.outputs[0]]
    approx = qnn_edu.dequantize(kept_q[t.index], t.params)
    sqnr.append(metrics.sqnr_db(kept[a.outputs[0]], approx))
    print(f"{b.name:18} {t.shape!s:15} scale {t.scale:.5f}  zero point {t.zero_point:4}"
          f"  SQNR {sqnr[-1]:5.1f} dB")  # fmt: skip
assert sqnr[0] > sqnr[1] > sqnr[2] > sqnr[4] > sqnr[6] and sqnr[7] > sqnr[6] + 2
assert min(sqnr) > 20 * np.log10(100 / 3)

# %% [markdown]
# Each layer adds its own rounding to what it inherits, so the figures fall from layer to layer, to 33
# dB. The mean over 16 positions then averages errors away and brings them up. Nowhere does the error
# reach 3 % of the signal.

# %% [markdown]
# ## Does it run faster?
#
# Measure, do not assume. LiteRT brings three sets of kernels: plain *reference* code, *optimized*
# code, and *XNNPACK*, which it takes unless told otherwise. Times are medians on the machine that
# made this page, two cores of an x86-64 server; yours differ. Which of the six is the fastest?

# %% tags=["nbval-ignore-output"]
one = x[:1]
times = {}
for kernels in ("reference", "optimized", "xnnpack"):
    times["float", kernels] = nets.time_tflite(float_file, one, kernels=kernels, repeats=300)
    q = qnn_edu.quantize(one, int8_in)
    times["int8", kernels] = nets.time_tflite(int8_file, q, kernels=kernels, repeats=300)
    print(f"{kernels:10} float {1e6 * times['float', kernels]:6.1f} µs, "
          f"int8 {1e6 * times['int8', kernels]:6.1f} µs")  # fmt: skip
by_kernels = times["int8", "reference"] / times["int8", "xnnpack"]
by_format = times["float", "xnnpack"] / times["int8", "xnnpack"]
print(f"between kernels a factor of {by_kernels:.1f}, between formats one of {by_format:.1f}")
assert by_kernels > 3 and by_kernels > max(by_format, 1 / by_format)

# %% [markdown]
# The kernels matter more than the number format. On a large processor with fast floating point, and
# a network this small, int8 need not win at all: each layer also has to rescale its sums. Int8 wins
# where memory is the bottleneck, where the processor has instructions for it, and on the many chips
# that have no floating point. On your target, measure.

# %% [markdown]
# ## Three kernels, one model
#
# Do the three sets of kernels at least agree? They all add the same integers, exactly. But they do
# not all rescale the sums by the same rule of rounding, so here and there a value inside differs by
# one step. Look at how far such a step has grown when it comes out at the end.

# %% tags=["nbval-ignore-output"]
outputs = {}
for kernels in ("reference", "optimized", "xnnpack"):
    q = qnn_edu.quantize(x, int8_in)
    outputs[kernels] = nets.run_tflite(int8_file, q, kernels=kernels).outputs[0].astype(int)
for kernels in ("optimized", "xnnpack"):
    gap = np.abs(outputs[kernels] - outputs["reference"])
    print(f"{kernels:10} against reference: {(gap > 0).mean():.2%} of outputs differ,"
          f" by {gap.max()} steps at most")  # fmt: skip
assert 0 < (gap > 0).mean() < 0.01 and gap.max() > 1

# %% [markdown]
# On the machine that made this page *optimized* agrees with *reference*, and XNNPACK does not: most
# outputs hide the difference, but on one doubtful digit it has grown to 13 steps of 1/256. A model file
# does not fix its outputs to the last bit: the kernels have a say. Lesson 09 is about that.

# %% [markdown]
# ## Real photographs
#
# MobileNet v1 knows 1,000 kinds of things. Its 2018 quantized file is not part of this course: it
# comes over the network, once, and is kept. Without a network the next cell says so, the two after
# it stay empty, and the text tells what you would see. The **float twin** is the same file with every
# quantized number replaced by the real number it stands for, so both differ only in how they compute.

# %% tags=["nbval-ignore-output"]
try:
    mobilenet = data.fetch("mobilenet_v1_0.5_160_uint8.tflite")
    labels = data.imagenet_labels()
    twin = tflite.float_twin(mobilenet)
    graph = tflite.read(mobilenet)
    takes, gives = (graph.tensors[i].params for i in (*graph.inputs, *graph.outputs))
    assert takes.zero_point == 128 and np.allclose([takes.lo, takes.hi], [-1, 1], atol=0.01)
    print(f"MobileNet v1 0.5 160: {mobilenet.stat().st_size / 1e6:.2f} MB in uint8,"
          f" {len(twin) / 1e6:.2f} MB in float32")  # fmt: skip
    assert 3.5 < len(twin) / mobilenet.stat().st_size < 4
except data.NotAvailable as message:
    mobilenet = None
    print(message)

# %% [markdown]
# Here the file itself is nearly four times smaller: a million weights dwarf everything else. Now
# four photographs, 160 x 160 pixels each. A pixel is already a uint8, and that is the quantized
# file's input as it stands; the twin takes the real values, -1 to 1, that its scale and zero point
# (128) give.


# %% tags=["nbval-ignore-output"]
def classify(photo):
    q = nets.run_tflite(mobilenet, photo[None]).outputs[0][0]
    p = nets.run_tflite(twin, qnn_edu.dequantize(photo[None], takes)).outputs[0][0]
    return qnn_edu.dequantize(q, gives), p


def lines(p):
    best = np.argsort(-p, kind="stable")[:3]
    return "\n".join(f"  {labels[c].split(',')[0]} ({p[c]:.2f})" for c in best)


if mobilenet:
    photos = [data.photo(name, size=160) for name in ("chelsea", "coffee", "motorcycle", "china")]
    answers = [classify(photo) for photo in photos]
    titles = [f"uint8\n{lines(q)}\nfloat twin\n{lines(p)}" for q, p in answers]
    ax = plots.images(photos, titles, ax=style.figure(9, 3.5).add_subplot())
    alt = "A cat, a cup of coffee, a motorcycle and a Chinese palace, named by both networks."
    draw.show(ax, alt, colors=256)

# %% [markdown]
# The cat, the coffee and the motorcycle get the same first answer from both, with nearly the same
# confidence. The palace is none of MobileNet's 1,000 things, and both are at a loss. There they part:
# in steps of 1/256 the quantized output cannot even tell its first two guesses apart. Again it is the
# doubtful case that changes sides.

# %% tags=["nbval-ignore-output"]
if mobilenet:
    same = [bool(q.argmax() == p.argmax()) for q, p in answers]
    print("same first answer:", same)
    first, second = np.sort(answers[3][0])[:-3:-1]
    print("the palace's first two guesses, quantized:", first, second)
    assert same == [True, True, True, False] and first == second
    gaps = [abs(q.max() - p[q.argmax()]) for q, p in answers]
    print("confidence differs by", np.round(gaps, 2))
    assert max(gaps[:3]) < 0.05

# %% [markdown]
# ## What you have learned
#
# - An int8 file stores weights in a quarter of the bytes, with a scale and a zero point for every
#   tensor.
# - Integers go in and come out; `scale * (q - zero_point)` is what they mean.
# - Each layer adds a little noise. Clear answers survive it, doubtful ones may flip.
# - Speed depends on kernels and chip: measure it. Even int8 outputs depend on the kernels, a little.

# %% [markdown]
# ## What to read next
#
# - A. Howard et al., *MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
#   Applications*, 2017, section 3: the depthwise-separable block that both networks here are made of.
# - B. Jacob et al., *Quantization and Training of Neural Networks for Efficient
#   Integer-Arithmetic-Only Inference*, CVPR 2018, section 4: what quantization did to MobileNets.
# - Next: [02 Quantize and dequantize](02_quantize_and_dequantize.ipynb).
