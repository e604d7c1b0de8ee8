# %% [markdown]
# # 00 Start here
#
# A neural network is trained in real numbers and often run in 8-bit integers. They take a quarter of
# the memory and a fraction of the energy (to multiply two numbers, 0.2 picojoules where 32-bit floats
# take 3.7; to add them, 0.03 where floats take 0.9: M. Horowitz, 2014, for a 45 nm chip). On many chips
# they are the only way. This course is about what happens in between. You will move sliders, predict,
# write the arithmetic yourself, and check it against the runtime that phones use, bit for bit.
#
# **10 minutes.** You need Python and a little numpy. Nothing is downloaded.

# %% [markdown]
# ## What you will learn
#
# - how a lesson works: predict, try, check,
# - how to see what is installed,
# - which lesson to take next.

# %% [markdown]
# ## Is everything there?
#
# Run this cell: click into it and press Shift + Enter. It asks for the packages that the lessons use,
# the data that they read, and the program `dot`, which draws graphs (without it the browser does). In a
# *full* installation every package says `yes`. A *light* one leaves out three: without them lessons 00,
# 02 and 03 run, and 09 but for a few cells. A cell that needs more says in one sentence what is missing
# and how to get it. (Only MobileNet and CIFAR-10 need a network, and only if you want them.)

# %% tags=["nbval-ignore-output"]
import shutil
from importlib.util import find_spec

import numpy as np

from qnn_edu import data, engine, quantize, tflite

light = {
    "numpy": "every lesson",
    "matplotlib": "every picture",
    "ipywidgets": "all that moves",
    "graphviz": "graphs of networks",
}
full = {
    "ai_edge_litert": "lessons 01 and 04 to 11",
    "tensorflow": "lessons 04 to 11",
    "skimage": "photographs in 01, 04, 05 and 09",
}
for installation, packages in {"light": light, "full": full}.items():
    for package, use in packages.items():
        here = "yes" if find_spec(package) else "no"
        print(f"{package:15} {here:4} {installation:6} {use}")
images, digits = data.digits("all")
print(f"{'digits':15} yes  light  {len(digits):,} images of {images.shape[1]} x {images.shape[2]}")
get = "apt install graphviz, brew install graphviz or winget install graphviz"
print(f"{'dot (program)':15} {'yes' if shutil.which('dot') else f'no   to get it: {get}'}")
assert all(map(find_spec, light)) and len(digits) == 1797

# %% [markdown]
# Was the notebook closed, or Python started anew? Then a cell may say `NameError: name 'np' is not
# defined`: what stood in memory is gone. In every lesson the way out is the same: run the first code
# cell, then those above the one that you are at (**Run**, **Run All Above Selected Cell**).

# %% [markdown]
# ## Predict before you run
#
# Lessons ask questions before they show an answer. Choose, press *Lock in*, run the next cell, and
# come back to press *Reveal*. A wrong guess teaches more than no guess. With the keyboard: Tab moves
# from choice to choice and on to the buttons, the space bar presses. (Arrow keys leave the quiz for
# the next cell.) The cell itself is folded away, since it holds the answer.

# %% jupyter={"source_hidden": true}
from qnn_edu.ui import explorers, quiz

quiz(
    "Weights take 32 bits each as floats. How much room do the same weights take as 8-bit integers?",
    {
        "half": "32 bits against 8: four to one.",
        "a quarter": "8 bits instead of 32.",
        "an eighth": "8 bits is not a factor of 8; the ratio is 32 to 8.",
        "the same": "Each weight is stored in one byte instead of four.",
    },
    answer="a quarter",
)

# %% [markdown]
# Now look. Two files of the course hold the same network, one in floats and one in integers. These are
# the bytes of its largest layer in either.

# %%
weights = {}
for name in ("digits_float32.tflite", "digits_int8.tflite"):
    tensors = tflite.read(data.asset(name)).tensors
    weights[name] = max((t.data for t in tensors if t.data is not None), key=lambda d: d.size)
    print(f"{name}: the largest weights take {weights[name].nbytes} bytes")
assert weights["digits_float32.tflite"].nbytes == 4 * weights["digits_int8.tflite"].nbytes

# %% [markdown]
# ## One digit through the network
#
# The second file is a whole network that reads handwritten digits, in integers from end to end. Here it
# runs once, in this course's own engine. Pixels go in as integers; ten integers come out, one for each
# digit from 0 to 9, and the largest is the answer. Which digit is it?

# %%
graph = tflite.read(data.asset("digits_int8.tflite"))
pixels = quantize(images[1], graph.tensors[graph.inputs[0]].params)
answer = engine.run(graph, pixels[None]).outputs[0][0]
for line in images[1, :, :, 0]:
    print("".join(" .:-=+*#%@"[int(9 * pixel)] * 2 for pixel in line))
print(f"ten integers: {answer}, of type {answer.dtype}. The largest is at {answer.argmax()}.")
assert answer.argmax() == digits[1] and answer.dtype == np.int8

# %% [markdown]
# ## Move a slider
#
# Live pictures follow their sliders at once. Click a slider's handle and use the arrow keys, or drag
# it. Below each picture stand the numbers behind it. After you have saved a notebook and opened
# it again, run its cells once more to bring pictures and quizzes back to life.
#
# Set `bits` to 2, then go up one by one. Watch the staircase on the left, and `SQNR` below: higher is
# better. Lesson 02 explains all of it.

# %%
explorer = explorers.affine()
explorer

# %% [markdown]
# An explorer can be asked from Python as well: `at` gives the numbers for other settings and leaves
# the picture alone. That is how the lessons prove what they measure: a cell that shows it ends in an
# `assert`, which would fail if the text beside it were false. Did SQNR rise
# with every bit?

# %%
sqnr = [explorer.at(data="Gaussian", bits=n, range=(-3, 3))["sqnr_db"] for n in range(2, 9)]
print("SQNR with 2 to 8 bits:", ", ".join(f"{value:.1f}" for value in sqnr), "dB")
assert all(np.diff(sqnr) > 0)

# %% [markdown]
# ## Exercise: a check that answers
#
# Replace `raise NotImplementedError` by a line that returns how many levels `bits` bits can tell
# apart. Run that cell, then the check below it. Then be wrong on purpose: return `2 ** bits - 1`, or
# `2 ^ bits`, run both again, and read what the check says. If you are stuck, run `check.levels.hint()`
# in a new cell, then `hint(2)`. A solution is there too for whoever goes looking:
# `check.levels.show_solution()`. The text between the quotes says what comes in and what goes out, with
# an example.

# %%
from qnn_edu.lessons import lesson_00 as check


def my_levels(bits):
    """How many levels so many bits can tell apart.

    bits: a whole number, 1 or more. Gives a whole number.

    >>> my_levels(3)
    8
    """
    ### BEGIN SOLUTION
    return 2**bits
    ### END SOLUTION


# %%
check.levels(my_levels)

# %% [markdown]
# From lesson 01 on what you write is used: a lesson runs on your function once it is right, and on ours
# until then. What is right can be kept in a file of your own, and the network of lesson 09 runs on it.

# %% [markdown]
# ## Where to go
#
# | lesson | minutes | the one idea |
# |---|---|---|
# | [01 A quantized model at work](01_a_quantized_model_at_work.ipynb) | 40 | one network as float and as int8, side by side |
# | [02 Quantize and dequantize](02_quantize_and_dequantize.ipynb) | 55 | the affine map, the exact zero, the error, what a bit buys |
# | [03 Choosing the range](03_choosing_the_range.ipynb) | 80 | narrow, symmetric, per channel, groups, calibration |
# | [04 Post-training quantization](04_post_training_quantization.ipynb) | 75 | convert, look at the file, measure what each layer lost |
# | [05 A network with fake quantizers](05_a_network_with_fake_quantizers.ipynb) | 75 | state the ranges in the graph, find them in the file, and see what goes wrong |
# | [06 The straight-through estimator](06_the_straight_through_estimator.ipynb) | 70 | the staircase has no slope: a lie that lets gradients through, and stairs that learn |
# | [07 Quantization-aware training](07_quantization_aware_training.ipynb) | 85 | two layers trained by hand; one call prepares a network; accuracy won back, and weights that swing |
# | [08 Folding batch normalisation](08_folding_batch_normalisation.ipynb) | 70 | fold, prove it equal, see which channels it stretches |
# | [09 Integer-only inference](09_integer_only_inference.ipynb) | 90 | int32 sums, multiplier and shift, three roundings, a difference that grows, your own functions equal to LiteRT |
# | [10 Your own network](10_your_own_network.ipynb) | 90 | a stranger and a patient: chance, odd inputs, the worst channel, what to leave in float; then your own file |
# | [11 When eight bits fail](11_when_eight_bits_fail.ipynb) | 75 | a network broken without a changed answer, and won back without training: equalize, cap, correct, round by choice |
#
# In a hurry? Take 02. It stands alone, and everything else rests on it.
#
# ## What you have learned
#
# - After a restart, run the first cell again.
# - Predict, lock in, run, reveal. Move sliders. Let the checks answer.
# - Each lesson opens with what it teaches and how long it takes, and closes with what to read.

# %% [markdown]
# ## What to read next
#
# - M. Nagel et al., *A White Paper on Neural Network Quantization*, 2021, sections 1 and 2: the basics
#   in a few pages.
# - M. Horowitz, *Computing's Energy Problem (and What We Can Do About It)*, ISSCC 2014: what an
#   operation costs, and that fetching its numbers costs more.
# - Next: [01 A quantized model at work](01_a_quantized_model_at_work.ipynb).
