"""Sparse constants, and models that densify them."""

import numpy as np

from qnn_edu.tflite.table import Table
from tests.tflite.building import model, tensor

DENSE, SPARSE = 0, 1


def level(form, size, ends, steps):
    if form == DENSE:
        return Table("DimensionMetadata", dense_size=size)
    large = max(ends[-1], max(steps, default=0))
    kind = "Uint8Vector" if large < 256 else "Uint16Vector" if large < 2**16 else "Int32Vector"
    ends, steps = (Table(kind, values=each) for each in (ends, steps))
    return Table("DimensionMetadata", format=SPARSE, array_segments=ends, array_indices=steps)


def densifying(shape, kind, values, tree):
    tensors = [tensor(shape, kind, values.tobytes(), sparsity=tree), tensor(shape, kind)]
    return model("DENSIFY", [0], [1], tensors)


def two_by_four(**changes):
    """Four rows of two columns in two blocks, of which the first row has one; then `changes`."""
    ends, steps = (Table("Uint8Vector", values=each) for each in ([0, 1, 1], [1]))
    fields = {
        "rows": Table("DimensionMetadata", dense_size=2),
        "columns": Table(
            "DimensionMetadata", format=SPARSE, array_segments=ends, array_indices=steps
        ),
        "block": Table("DimensionMetadata", dense_size=2),
        "order": [0, 1, 2],
        "mapped": [1],
        "values": np.float32([5, 6]),
        "shape": (2, 4),
        "kind": "FLOAT32",
    } | changes
    levels = [fields[name] for name in ("rows", "columns", "block")]
    tree = Table(
        "SparsityParameters",
        traversal_order=fields["order"],
        block_map=fields["mapped"],
        dim_metadata=levels[: fields.get("levels", 3)],
    )
    return densifying(fields["shape"], fields["kind"], fields["values"], tree)


def columns(ends, steps):
    return {"columns": level(SPARSE, 2, ends, steps)}
