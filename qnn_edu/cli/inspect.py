"""`qnn-edu inspect`: what is in a model file, without TensorFlow and without a runtime."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from qnn_edu.cli.contents import as_plain, options_text, quantization, size_of, sizes
from qnn_edu.cli.output import show, show_json, table
from qnn_edu.cli.takers import takers, told
from qnn_edu.tflite import Graph, Subgraph, Tensor, infer_shapes, read


def inspect(
    file: Annotated[Path, typer.Argument(help="A model, .tflite.")],
    tensors: Annotated[bool, typer.Option(help="List every tensor.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Show what is in a model file: operators, tensors, quantization, sizes.

    First stands whether the engine, under each kernel set, and export-c take the file, and what
    keeps them from it. A shape that the file leaves empty is the one that a runtime works out. With
    --json everything is there and exact: every scale, zero point and option; of options that are
    bytes, how many.

    Examples:

    \b
        qnn-edu inspect model.tflite
        qnn-edu inspect model.tflite --no-tensors
        qnn-edu inspect model.tflite --json | jq '.subgraphs[0].tensors[0].scale'
    """
    given = read(file)
    graph = infer_shapes(given)
    if as_json:
        show_json({"file": str(file), **as_plain(graph), "takers": takers(given)})
        return
    show(*told(given), "")
    for number, subgraph in enumerate(graph.subgraphs):
        if len(graph.subgraphs) > 1:
            show(f"Subgraph {number}: {subgraph.name}\n")
        _show_subgraph(subgraph, tensors)
    show(_sizes_text(file, graph))


def _show_subgraph(subgraph: Subgraph, tensors: bool) -> None:
    rows = [
        (op.index, op.name, options_text(op), _listed(op.inputs), _listed(op.outputs))
        for op in subgraph.operators
    ]
    show("Operators", table("># name options inputs outputs", rows))
    if tensors:
        columns = "># name shape type scale zero_point scales >bytes role"
        rows = [_tensor_row(subgraph, tensor) for tensor in subgraph.tensors]
        show("Tensors", table(*_telling(columns, rows)))
    columns = "type quantized >computed >constant >bytes_of_constants"
    rows = [(*row, f"{count:,}") for *row, count in quantization(subgraph)]
    show("Quantization", table(columns, rows))


def _telling(columns: str, rows: list[tuple]) -> tuple[str, list[list]]:
    """The columns that say something of a row, and their cells: a float model has no scales."""
    names = columns.split()
    kept = [k for k in range(len(names)) if any(row[k] != "" for row in rows)]
    return " ".join(names[k] for k in kept), [[row[k] for k in kept] for row in rows]


def _tensor_row(subgraph: Subgraph, tensor: Tensor) -> tuple:
    return (
        tensor.index,
        tensor.short_name,
        "x".join(map(str, tensor.shape)) or "-",
        tensor.type,
        _span(tensor.scale, "{:.4g}"),
        _span(tensor.zero_point, "{}"),
        _scales(tensor),
        f"{size_of(tensor):,}",
        _role(subgraph, tensor),
    )


def _span(values: Any, form: str) -> str:
    """One number, or the smallest and the largest of many."""
    if values is None:
        return ""
    low, high = form.format(np.min(values)), form.format(np.max(values))
    return low if low == high else f"{low} to {high}"


def _scales(tensor: Tensor) -> str:
    """How many scales there are, where it is more than one, and what each is for."""
    if tensor.block is not None:
        return f"{len(tensor.scale)} blocks of {tensor.block}"
    return "" if tensor.axis is None else f"{len(tensor.scale)} axis {tensor.axis}"


def _role(subgraph: Subgraph, tensor: Tensor) -> str:
    if tensor.index in subgraph.inputs:
        return "input"
    if tensor.index in subgraph.outputs:
        return "output"
    if tensor.sparsity is not None:
        return f"constant, {tensor.sparsity.stored:,} of {tensor.data.size:,} stored"
    return "computed" if tensor.data is None else "constant"


def _listed(indices: tuple[int, ...]) -> str:
    """Tensor indices; an optional input that is left out is a dash."""
    return " ".join("-" if i == -1 else str(i) for i in indices)


def _sizes_text(file: Path, graph: Graph) -> str:
    size = sizes(graph)
    parts = [f"{count:,} in {kind} constants" for kind, count in size["constants"].items()]
    parts.append(f"{size['overhead']:,} in the graph, names and scales")
    return f"{file}: {size['file']:,} bytes = {' + '.join(parts)}"
