"""Ends of other types: bytes are the program's, real numbers the caller's."""

from dataclasses import replace

import pytest

from qnn_edu import chip
from qnn_edu.tflite import Graph, Operator, read
from tests.chip.compiled import Compiled, assert_equals_engine, random_inputs
from tests.chip.networks import U8, graph, integers, reals
from tests.oracle.random_models import random_model

REAL = graph(
    [reals(0), integers(1), integers(2, scale=0.05), reals(3)],
    [("QUANTIZE", (0,), (1,)), ("RELU", (1,), (2,)), ("DEQUANTIZE", (2,), (3,))],
    (0,),
    (3,),
)
BYTES = graph(
    [integers(0, U8, zero_point=131), integers(1), integers(2), integers(3, U8, 0.2, 7)],
    [("QUANTIZE", (0,), (1,)), ("RELU", (1,), (2,)), ("QUANTIZE", (2,), (3,))],
    (0,),
    (3,),
)
RESHAPED = graph(
    [integers(0, U8, zero_point=131), integers(1), integers(2), integers(3, U8), integers(4, U8)],
    [
        ("QUANTIZE", (0,), (1,)),
        ("RELU", (1,), (2,)),
        ("QUANTIZE", (2,), (3,)),
        ("RESHAPE", (3,), (4,), {"new_shape": [1, 4]}),
    ],
    (0,),
    (4,),
)
BOTH = graph(  # an output in integers and in real numbers, an input that nobody reads
    [reals(0), integers(1), integers(2), reals(3), integers(4, U8)],
    [("QUANTIZE", (0,), (1,)), ("RELU", (1,), (2,)), ("DEQUANTIZE", (2,), (3,))],
    (0, 4),
    (3,),
)
NETWORKS = {"real": REAL, "bytes": BYTES, "reshaped bytes": RESHAPED, "unread": BOTH}


@pytest.mark.more
@pytest.mark.parametrize("network", NETWORKS.values(), ids=list(NETWORKS))
def test_mixed_ends_equal_the_engine(network, tmp_path):
    program = Compiled([network], tmp_path)
    assert assert_equals_engine(program, 0, *random_inputs(network, 30, seed=0)) == 120


def test_real_numbers_are_left_to_the_caller():
    made, header = chip.program(REAL), chip.export_c(REAL)
    assert [layer.kernel for layer in made.layers] == ["rescale"]
    assert "void model_run(const int8_t *input, int8_t *output);" in header
    told = " ".join(header[: header.index("*/")].split())
    assert "the file takes real numbers x: q = round(x / 0.1) + 3, half away from zero" in told
    assert "q stands for 0.05 * (q - 3) the file gives these real numbers, in float32" in told


def test_bytes_are_the_program_s():
    made, header = chip.program(BYTES), chip.export_c(BYTES)
    assert [layer.kernel for layer in made.layers] == ["lookup", "rescale", "lookup"]
    assert "void model_run(const uint8_t *input, uint8_t *output);" in header


def test_what_two_operators_quantize_is_refused():
    network = graph(
        [reals(0), integers(1), integers(2, scale=0.2), integers(3)],
        [("QUANTIZE", (0,), (1,)), ("QUANTIZE", (0,), (2,)), ("ADD", (1, 2), (3,))],
        (0,),
        (3,),
    )
    reasons = [str(blocker) for blocker in chip.blockers(network)]
    assert reasons[0] == "operator 0, QUANTIZE: it computes with FLOAT32; expected INT8, or UINT8"


def test_a_real_input_without_integers_is_refused():
    network = graph([reals(0), integers(1)], [("QUANTIZE", (0,), (1,))], (0,), (1,))
    assert "FLOAT32" in str(chip.blockers(network)[0])


def searching():
    """Boxes and scores through RELU, then TFLite_Detection_PostProcess."""
    (main,) = read(random_model("TFLite_Detection_PostProcess fast", 0)[0]).subgraphs
    first, last = len(main.tensors), replace(main.operators[0], index=2)
    given = [replace(main.tensors[i], index=first + k) for k, i in enumerate(main.inputs)]
    before = [Operator(k, "RELU", 1, (first + k,), (i,)) for k, i in enumerate(main.inputs)]
    whole = replace(
        main,
        tensors=(*main.tensors, *given),
        operators=(*before, last),
        inputs=tuple(tensor.index for tensor in given),
    )
    return Graph((whole,), 0)


def test_the_search_for_boxes_is_left_to_the_caller():
    network = searching()
    outputs = [end for end in chip.program(network).ends if not end.is_input]
    assert [end.tensor.index for end in outputs] == list(network.operators[-1].inputs[:2])
    told = chip.export_c(network)
    assert told.count("for TFLite_Detection_PostProcess, which the caller does") == 2


@pytest.mark.more
def test_what_the_search_reads_equals_the_engine(tmp_path):
    network = searching()
    assert (
        assert_equals_engine(Compiled([network], tmp_path), 0, *random_inputs(network, 5, 0)) > 50
    )
