"""What a header holds: the file's own numbers, their sizes, and an arena without collisions."""

import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu import chip
from qnn_edu.chip.arena import Buffer, plan
from qnn_edu.chip.multipliers import layer_scale
from qnn_edu.core.fixed_point import quantize_multiplier
from qnn_edu.data import asset
from qnn_edu.tflite import Graph, Operator, Subgraph, Tensor, read
from tests.oracle.random_models import random_model
from tests.tflite.building import without_shapes

ARRAY = re.compile(r"static const u?int(\d+)_t model_(\w+)\[(\d+)\] = \{(.*?)\};", re.S)


@pytest.fixture(scope="module")
def model():
    return read(asset("digits_int8.tflite"))


def arrays_in(header):
    """name -> (bits, numbers) of every constant array."""
    found = {}
    for bits, name, count, numbers in ARRAY.findall(header):
        found[name] = int(bits), [int(n) for n in numbers.split(",") if n.strip()]
        assert len(found[name][1]) == int(count)
    return found


def test_weights_and_biases_are_the_file_s_own(model):
    arrays = arrays_in(chip.export_c(model))
    used = {i for op in model.operators for i in op.inputs}
    constants = [t for t in model.tensors if t.data is not None and t.index in used]
    layers = [t for t in constants if t.scale is not None]  # the others are axes
    assert len(layers) == 16
    for tensor in layers:
        bits, numbers = arrays[f"tensor_{tensor.index}"]
        assert (bits, numbers) == (tensor.bits, tensor.data.ravel().tolist())


def test_multipliers_and_shifts_are_those_of_the_scales(model):
    arrays = arrays_in(chip.export_c(model))
    for layer in chip.program(model).layers:
        if "multiplier" in layer.numbers and "weights" in layer.numbers:
            multiplier, shift = quantize_multiplier(layer_scale(layer.node))
            assert arrays[f"multiplier_{layer.label}"] == (32, multiplier.tolist())
            assert arrays[f"shift_{layer.label}"] == (8, shift.tolist())


def test_sizes_are_those_of_the_arrays_and_of_the_arena(model):
    program, header = chip.program(model), chip.export_c(model)
    total = sum(bits // 8 * len(numbers) for bits, numbers in arrays_in(header).values())
    structures = re.findall(r"static const model_\w+ model_layer_\d+ = \{(.*?)\n\};", header, re.S)
    numbers = 4 * sum(len(re.findall(r"\*/ \S", each)) for each in structures)
    assert len(structures) == len(program.layers) == 10
    assert program.constant_bytes == total + numbers
    assert f"static int8_t model_arena[{program.arena_bytes}];" in header
    assert f"{program.constant_bytes:,} bytes" in header and f"{program.arena_bytes:,} b" in header


def test_the_comment_tells_shapes_scales_and_zero_points(model):
    comment = chip.export_c(model).split("*/")[0]
    for tensor in (model.tensors[i] for i in (*model.inputs, *model.outputs)):
        told = f"{np.float32(tensor.scale)!s} * (q + {-tensor.zero_point})"
        assert told in comment and " x ".join(map(str, tensor.shape)) in comment


def test_a_name_in_the_file_cannot_end_a_comment():
    content = asset("digits_int8.tflite").read_bytes()
    named = content.replace(b"serving_default_image:0", b"s*/_defau/*t*/image?" + b"?/\n")
    assert named != content and len(named) == len(content)
    header, plain = chip.export_c(read(named)), chip.export_c(read(content))
    assert header.count("*/") == plain.count("*/") and header.count("/*") == plain.count("/*")
    assert header.splitlines()[24:] == plain.splitlines()[24:]


def test_the_arena_is_as_small_as_the_busiest_step(model):
    """For a chain of layers, first fit reaches the bound: what one layer reads and writes."""
    program = chip.program(model)
    sizes = {t.index: int(np.prod(t.shape)) for t in model.tensors}
    busiest = max(
        sum(sizes[i] for i in {*layer.operands, layer.output} & set(program.offsets))
        for layer in program.layers
    )
    assert program.arena_bytes == busiest == 3072
    assert sum(sizes[i] for i in program.offsets) > 2 * program.arena_bytes


def test_what_is_joined_part_by_part_lies_apart_from_every_part():
    """Its bytes are taken from the first part on, when the others are still to be read."""
    scale, shapes = np.float32(0.1), [(1, 4), (1, 4), (1, 4), (1, 8), (1, 8)]
    tensors = [Tensor(i, f"t{i}", s, np.dtype(np.int8), scale, 3) for i, s in enumerate(shapes)]
    operators = (
        Operator(0, "RELU", 1, (0,), (1,)),
        Operator(1, "RELU6", 1, (0,), (2,)),
        Operator(2, "CONCATENATION", 1, (1, 2), (3,), {"axis": 1}),
        Operator(3, "RELU", 1, (3,), (4,)),
    )
    graph = Graph((Subgraph("main", tuple(tensors), operators, (0,), (4,)),), 0)
    places = chip.program(graph).offsets
    taken = [range(places[i], places[i] + shapes[i][1]) for i in (1, 2, 3)]
    assert not any(set(a) & set(b) for a, b in combinations(taken, 2))


def test_a_reshape_within_costs_nothing_and_at_the_end_a_copy():
    graph = read(random_model("RESHAPE", 0)[0])
    assert [layer.kernel for layer in chip.program(graph).layers] == ["copy"]
    assert chip.program(graph).arena_bytes == 0
    assert "arena" not in chip.export_c(graph).split("*/", 1)[1]


def test_shapes_that_a_file_leaves_empty_are_worked_out():
    graph = read(asset("digits_int8.tflite"))
    assert chip.export_c(without_shapes(graph)) == chip.export_c(graph)


def test_only_the_loops_that_a_model_needs_are_there(model):
    header = chip.export_c(model)
    assert "model_softmax(" in header and "model_mean(" in header
    assert "model_add(" not in header and "model_max_pool_2d(" not in header


buffers = st.lists(
    st.tuples(st.integers(1, 100), st.integers(0, 9), st.integers(0, 4)), max_size=12
).map(lambda rows: [Buffer(i, n, a, a + more) for i, (n, a, more) in enumerate(rows)])


@given(buffers)
def test_buffers_that_are_needed_at_once_share_no_byte(made):
    offsets = plan(made)
    assert set(offsets) == {b.tensor for b in made}
    for a, b in combinations(made, 2):
        apart = offsets[a.tensor] + a.size <= offsets[b.tensor]
        apart = apart or offsets[b.tensor] + b.size <= offsets[a.tensor]
        assert apart or not a.meets(b)


@given(buffers)
def test_the_arena_is_between_the_busiest_step_and_the_sum(made):
    offsets = plan(made)
    size = max((offsets[b.tensor] + b.size for b in made), default=0)
    busiest = max(sum(b.size for b in made if b.first <= t <= b.last) for t in range(14))
    assert busiest <= size <= sum(b.size for b in made)
