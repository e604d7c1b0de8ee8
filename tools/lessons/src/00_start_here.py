# %% [markdown]
# # 00 Start here
#
# A neural network is trained in real numbers and often run in 8-bit integers: a quarter of the
# memory, a fraction of the energy, and on many chips the only way. This course is about what happens
# in between. You will move sliders, predict, write the arithmetic yourself, and check it against the
# runtime that phones use, bit for bit.
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
# Run this cell: click into it and press Shift + Enter. It asks for the packages that the lessons use
# and the data that they read. In a *full* installation everything says `yes`. A *light* one leaves out
# the last three: without them lessons 00, 02 and 03 run, and 09 but for a few cells. A cell that needs
# more says in one sentence what is missing and how to get it. (Only MobileNet and CIFAR-10 need a
# network, and only if you want them.)

# %%
from importlib.util import find_spec

from qnn_edu import data

light = {
    "numpy": "every lesson",
    "matplotlib": "every picture",
    "ipywidgets": "all that moves",
    "graphviz": "graphs of networks",
}
full = {
    "ai_edge_litert": "lessons 01 and 04 to 09",
    "tensorflow": "lessons 04 to 09",
    "skimage": "photographs in 01, 04, 05 and 09",
}
for installation, packages in {"light": light, "full": full}.items():
    for package, use in packages.items():
        here = "yes" if find_spec(package) else "no"
        print(f"{package:15} {here:4} {installation:6} {use}")
images, digits = data.digits("all")
print(f"{'digits':15} yes  light  {len(digits)} images of {images.shape[1]} x {images.shape[2]}")

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
from qnn_edu import tflite

weights = {}
for name in ("digits_float32.tflite", "digits_int8.tflite"):
    tensors = tflite.read(data.asset(name)).tensors
    weights[name] = max((t.data for t in tensors if t.data is not None), key=lambda d: d.size)
    print(f"{name}: the largest weights take {weights[name].nbytes} bytes")
assert weights["digits_float32.tflite"].nbytes == 4 * weights["digits_int8.tflite"].nbytes

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
# the picture alone. That is how the lessons prove what they say: a sentence in the text is followed by
# an `assert` that would fail if it were false.

# %%
few = explorer.at(data="Gaussian", bits=2, range=(-3, 3))["sqnr_db"]
many = explorer.at(data="Gaussian", bits=8, range=(-3, 3))["sqnr_db"]
print(f"SQNR at 2 bits {few:.1f} dB, at 8 bits {many:.1f} dB")
assert many > few + 20

# %% [markdown]
# ## Exercise: a check that answers
#
# Replace `raise NotImplementedError` by a line that returns how many levels `bits` bits can tell
# apart. Run that cell, then the check below it. Then be wrong on purpose: return `2 ** bits - 1`, or
# `2 ^ bits`, run both again, and read what the check says. If you are stuck, run `check.levels.hint()`
# in a new cell, then `hint(2)`. A solution is there too for whoever goes looking:
# `check.levels.show_solution()`.

# %%
from qnn_edu.lessons import lesson_00 as check


def my_levels(bits):
    ### BEGIN SOLUTION
    return 2**bits
    ### END SOLUTION


# %%
check.levels(my_levels)

# %% [markdown]
# ## Where to go
#
# | lesson | minutes | the one idea |
# |---|---|---|
# | [01 A quantized model at work](01_a_quantized_model_at_work.ipynb) | 40 | one network as float and as int8, side by side |
# | [02 Quantize and dequantize](02_quantize_and_dequantize.ipynb) | 50 | the affine map, the exact zero, the error, what a bit buys |
# | [03 Choosing the range](03_choosing_the_range.ipynb) | 65 | narrow, symmetric, per channel, calibration |
# | [04 Post-training quantization](04_post_training_quantization.ipynb) | 75 | convert, look at the file, measure what each layer lost |
# | [05 A network with fake quantizers](05_a_network_with_fake_quantizers.ipynb) | 75 | state the ranges in the graph, find them in the file, and see what goes wrong |
# | [06 The straight-through estimator](06_the_straight_through_estimator.ipynb) | 70 | the staircase has no slope: a lie that lets gradients through, and stairs that learn |
# | [07 Quantization-aware training](07_quantization_aware_training.ipynb) | 75 | one call prepares a network; ranges that follow; accuracy won back, and weights that swing |
# | [08 Folding batch normalisation](08_folding_batch_normalisation.ipynb) | 60 | fold, prove it equal, see which channels it stretches |
#
# In a hurry? Take 02. It stands alone, and everything else rests on it.
#
# ## What you have learned
#
# - Predict, lock in, run, reveal. Move sliders. Let the checks answer.
# - Each lesson opens with what it teaches and how long it takes, and closes with what to read.

# %% [markdown]
# ## What to read next
#
# - M. Nagel et al., *A White Paper on Neural Network Quantization*, 2021, sections 1 and 2: the basics
#   in a few pages.
# - Next: [01 A quantized model at work](01_a_quantized_model_at_work.ipynb).
