"""Sparse constants: all values are those that LiteRT's DENSIFY puts out."""

from dataclasses import dataclass

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from qnn_edu.tflite import float_twin, read
from qnn_edu.tflite.table import Table
from tests.tflite.sparse import DENSE, SPARSE, columns, densifying, level, two_by_four


@dataclass
class Case:
    """A tensor of few values, and a tree that is to store it."""

    dense: np.ndarray
    order: list
    formats: list  # by level
    mapped: list
    block: list  # by dimension

    @property
    def cut(self):
        """The tensor with its levels as dimensions, in their order."""
        rank, shape = self.dense.ndim, []
        for size, block in zip(self.dense.shape, self.block, strict=True):
            shape += [size // block, block]
        within = [2 * d + 1 for d in range(rank)]
        apart = self.dense.reshape(shape).transpose([*range(0, 2 * rank, 2), *within])
        kept = apart.reshape(*apart.shape[:rank], *(self.block[d] for d in self.mapped))
        return kept.transpose(self.order)


def random_case(seed):
    rng = np.random.default_rng(seed)
    rank = int(rng.integers(1, 5))
    block = [int(rng.choice([1, 1, 2, 4])) for _ in range(rank)]
    mapped = [d for d in range(rank) if block[d] > 1][:2]
    block = [b if d in mapped else 1 for d, b in enumerate(block)]
    shape = [b * int(rng.integers(1, 5)) for b in block]
    dtype = rng.choice([np.float32, np.float16, np.int8])
    dense = rng.integers(-99, 100, shape) * (rng.random(shape) < rng.choice([0.05, 0.3, 0.9]))
    dense.flat[rng.integers(dense.size)] = 7  # LiteRT and we take no data at all for none
    order = [*rng.permutation(rank), *(rank + rng.permutation(len(mapped)))]
    formats = [*rng.integers(0, 2, rank), *[DENSE] * len(mapped)]
    return Case(dense.astype(dtype), order, formats, mapped, block)


def stored(case):
    """The values that the file has, in order, and its tables."""
    cut = case.cut
    listed = [([0], []) for _ in case.formats]
    values = []

    def walk(level, part):
        if level == len(case.formats):
            values.append(part)
            return
        ends, steps = listed[level]
        for step, below in enumerate(part):
            if case.formats[level] == DENSE or below.any():
                steps.append(step)
                walk(level + 1, below)
        ends.append(len(steps))

    walk(0, cut)
    levels = [
        level(form, size, *lists)
        for form, size, lists in zip(case.formats, cut.shape, listed, strict=True)
    ]
    tree = Table(
        "SparsityParameters",
        traversal_order=case.order,
        block_map=case.mapped or None,
        dim_metadata=levels,
    )
    return np.array(values, case.dense.dtype), tree


def by_litert(content):
    reference = OpResolverType.BUILTIN_REF
    oracle = Interpreter(model_content=content, experimental_op_resolver_type=reference)
    oracle.allocate_tensors()
    oracle.invoke()
    return oracle.get_tensor(1)


@pytest.mark.parametrize("seed", range(200))
def test_all_values_are_those_that_litert_densifies(seed):
    case = random_case(seed)
    values, tree = stored(case)
    content = densifying(case.dense.shape, case.dense.dtype.name.upper(), values, tree)
    found = read(content).tensors[0]
    np.testing.assert_array_equal(found.data, case.dense)
    np.testing.assert_array_equal(found.data, by_litert(content))
    assert found.data.dtype == case.dense.dtype and not found.data.flags.writeable
    words = tuple(("DENSE", "SPARSE_CSR")[form] for form in case.formats)
    assert (found.sparsity.formats, found.sparsity.stored) == (words, len(values))
    assert found.sparsity.order == tuple(case.order)
    assert found.sparsity.block == tuple(case.block)


@pytest.mark.parametrize("size", [10, 300, 70_000])
def test_lists_of_any_width_are_read(size):
    """A byte, two or four for each place."""
    dense = np.zeros((2, size), np.float32)
    dense[:, ::7] = np.arange(1, dense[:, ::7].size + 1).reshape(2, -1)
    values, tree = stored(Case(dense, [0, 1], [DENSE, SPARSE], [], [1, 1]))
    content = densifying(dense.shape, "FLOAT32", values, tree)
    np.testing.assert_array_equal(read(content).tensors[0].data, dense)
    np.testing.assert_array_equal(by_litert(content), dense)


def test_the_float_twin_of_a_sparse_model_is_dense():
    case = random_case(3)
    values, tree = stored(case)
    content = densifying(case.dense.shape, case.dense.dtype.name.upper(), values, tree)
    twin = read(float_twin(content))
    assert not twin.operators and twin.tensors[0].sparsity is None
    np.testing.assert_array_equal(twin.tensors[0].data, case.dense)


def test_a_tree_of_blocks_by_hand():
    expected = [[0, 0, 5, 6], [0, 0, 0, 0]]
    np.testing.assert_array_equal(read(two_by_four()).tensors[0].data, expected)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"levels": 2}, "2 sparse levels in the order"),
        ({"order": [0, 1, 1]}, "3 sparse levels in the order"),
        ({"order": [0, 1, 3]}, "3 sparse levels in the order"),
        ({"order": None}, "3 sparse levels in the order"),
        ({"mapped": [2]}, "blocks of .* along dimensions .*2"),
        ({"mapped": [-1]}, "blocks of .* along dimensions"),
        ({"shape": (2, 5)}, "blocks of .* along dimensions"),
        ({"block": Table("DimensionMetadata", dense_size=0)}, "blocks of .*0"),
        ({"block": Table("DimensionMetadata", dense_size=-2)}, "blocks of .*-2"),
        ({"rows": Table("DimensionMetadata", dense_size=3)}, "dense level of 3 steps, expected 2"),
        (columns([0, 1], [1]), "1 steps are not cut into 2"),
        (columns([1, 1, 1], [1]), "1 steps are not cut into 2"),
        (columns([0, 1, 2], [1]), "1 steps are not cut into 2"),
        (columns([0, 2, 1], [1]), "1 steps are not cut into 2"),
        (columns([0, 1, 1], [2]), "steps beyond its 2"),
        (columns([0, 1, 2], [1, 0]), "2 stored values for 4 places"),
        ({"columns": Table("DimensionMetadata", format=SPARSE)}, "0 steps are not cut into 2"),
        ({"shape": (2**30, 2**30)}, "2 stored values for shape"),
        ({"shape": (2**31 - 1, 0)}, "dense level"),
        ({"kind": "INT64"}, "1 stored values|2 places"),
        ({"columns": Table("DimensionMetadata", format=2)}, "DimensionType 2 is newer"),
    ],
)
def test_trees_that_contradict_themselves_are_refused(changes, message):
    with pytest.raises(ValueError, match=f"Tensor 0, 't', cannot be read: .*{message}"):
        read(two_by_four(**changes))


def test_a_public_sparse_network_is_read_as_litert_densifies_it(real_data):
    """A face detector: 1x1 convolutions in float16, of which a third is stored."""
    (path,) = (real_data / "corpus" / "networks").glob("*_face_detection_full_range_sparse.tflite")
    graph, reference = read(path), OpResolverType.BUILTIN_REF
    oracle = Interpreter(
        model_path=str(path),
        experimental_op_resolver_type=reference,
        experimental_preserve_all_tensors=True,
    )
    oracle.allocate_tensors()
    oracle.invoke()
    densified = [op for op in graph.operators if op.name == "DENSIFY"]
    assert len(densified) > 10
    for operator in densified:
        sparse = graph.tensors[operator.inputs[0]]
        assert 0 < sparse.sparsity.stored < sparse.data.size / 2
        np.testing.assert_array_equal(sparse.data, oracle.get_tensor(operator.outputs[0]))
