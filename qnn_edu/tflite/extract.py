"""Some operators of a model as a model of their own."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from qnn_edu.core.check import is_whole
from qnn_edu.tflite.flatbuffer import model_bytes, pack, parse
from qnn_edu.tflite.reader import read


def extract(model: str | Path | bytes, operators: Sequence[int]) -> bytes:
    """A model file of only these operators of the main subgraph, given by their indices.

    Its inputs are the computed tensors that they read and do not make, in the order of first use;
    its outputs are all that they make. Tensors, constants, options and versions stay as they were.

    Raises:
        ValueError: what is not a model, has several subgraphs, lacks such an operator, or has
            fields that are newer than the schema here.

    >>> from qnn_edu.data import asset
    >>> first = read(extract(asset("digits_int8.tflite"), [0]))
    >>> [op.name for op in first.operators], len(first.inputs), len(first.outputs)
    (['CONV_2D'], 1, 1)
    """
    content = model_bytes(model)
    graph, parsed = read(content), parse(content)
    wanted = list(operators) if isinstance(operators, Iterable) else [operators]
    there = all(is_whole(i) and 0 <= i < len(graph.operators) for i in wanted)
    if len(graph.subgraphs) > 1 or not there or not isinstance(operators, Iterable):
        raise ValueError(
            f"extract: expected one subgraph and operators 0 to {len(graph.operators) - 1}; got "
            f"{len(graph.subgraphs)} and {operators!r}."
        )
    kept = [graph.operators[i] for i in sorted(set(wanted))]
    made = list(dict.fromkeys(i for op in kept for i in op.outputs))
    given = [i for op in kept for i in op.inputs if i >= 0 and graph.tensors[i].data is None]
    main = parsed.subgraphs[0]
    main.operators = [main.operators[op.index] for op in kept]
    main.inputs, main.outputs = [i for i in dict.fromkeys(given) if i not in made], made
    parsed.signature_defs = parsed.metadata = parsed.metadata_buffer = None  # of the whole model
    return pack(parsed)
