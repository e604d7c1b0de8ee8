"""What LiteRT says when it cannot load or run a model: its words, the operator, and a way out."""

from __future__ import annotations

import re

from qnn_edu.engine import KERNEL_SETS
from qnn_edu.tflite.graph import Graph

# What its words hold, and what helps; the first that is found. {others} are the other kernel sets.
_ADVICE = (
    (
        "DISPATCH_OP|edgetpu-custom-op|ethos-u",
        "This file was compiled for an accelerator and runs there alone: take the file that it was "
        "made of.",
    ),
    (
        "[Uu]nresolved custom op",
        "No kernel set has this operator; its maker's runtime may. `qnn-edu inspect` shows it.",
    ),
    (
        "Flex|Select TensorFlow op|Regular TensorFlow ops",
        "Python's LiteRT has none of TensorFlow's operators: convert the network with LiteRT's own "
        "alone, or run it where the Flex delegate is, as on Android.",
    ),
    ("Didn't find op", "Try kernels={others}, or `qnn-edu inspect` to see the operator."),
    (
        "failed to invoke",
        "Look at the inputs, whose values or shapes it does not take; `qnn-edu inspect` shows it.",
    ),
    ("", "Try kernels={others}, or `qnn-edu inspect` to see the operator."),
)


def failure(graph: Graph, kernels: str, what: str, error: Exception) -> ValueError:
    """The error to raise where LiteRT raised `error`; `what` it could not do: "load" or "run".

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> print(failure(graph, "xnnpack", "run", RuntimeError("Node number 9 (SOFTMAX) failed.")))
    LiteRT cannot run this model with xnnpack kernels: Node number 9 (SOFTMAX) failed. That is
    operator 9, which puts out 'softmax'. Try kernels='reference' or 'optimized', or `qnn-edu
    inspect` to see the operator.
    """
    said = re.sub(r"\.?\s*(Node number \d)", r". \1", " ".join(str(error).split())).strip(". ")
    others = " or ".join(repr(each) for each in KERNEL_SETS if each != kernels)
    advice = next(words for pattern, words in _ADVICE if re.search(pattern, said))
    return ValueError(
        f"LiteRT cannot {what} this model with {kernels} kernels: {said}.{_where(graph, said)} "
        f"{advice.format(others=others)}"
    )


def _where(graph: Graph, said: str) -> str:
    """The operator that LiteRT names, if the main subgraph has it there."""
    named = re.search(r"Node number (\d+) \(([^)]+)\)", said)
    number = int(named[1]) if named else len(graph.operators)
    if number >= len(graph.operators) or graph.operators[number].name != named[2]:
        return ""
    outputs = graph.operators[number].outputs
    made = f", which puts out {graph.layer_name(outputs[0])!r}" if outputs else ""
    return f" That is operator {number}{made}."
