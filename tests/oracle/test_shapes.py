"""Laws of shapes: every one gives what LiteRT gives where the file says nothing."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from qnn_edu import engine, nets, tflite
from qnn_edu.tflite.flatbuffer import pack, parse
from qnn_edu.tflite.shapes import infer_shapes, own
from qnn_edu.tflite.shapes.infer import LAWS
from tests.oracle.one_operator import Spec, model
from tests.oracle.random_models import FAMILIES, kernel_sets, random_model

MODELS = 10  # of each family
IMAGE = (1, 6, 9, 8)


def real(*shape):
    return Spec(shape, np.float32)


def whole(*values):
    return Spec(np.shape(values), np.int32, data=np.array(values))


def truth(*shape):
    return Spec(shape, np.bool_)


WINDOWS = {"strideH": 2, "strideW": 3, "padding": 1}
CONV = {"options": "Conv2DOptions"} | WINDOWS
POOL = {"options": "Pool2DOptions", "filterHeight": 3, "filterWidth": 2} | WINDOWS
SLICED = {"options": "StridedSliceOptions", "version": 1}
CASES = {  # operator: a list of its inputs and fields
    "CONV_2D": [([real(*IMAGE), real(5, 3, 2, 8), real(5)], CONV)],
    "DEPTHWISE_CONV_2D": [
        (
            [real(*IMAGE), real(1, 3, 2, 16), real(16)],
            WINDOWS
            | {"options": "DepthwiseConv2DOptions", "padding": 0, "depthMultiplier": 2}
            | {"dilationHFactor": 1, "dilationWFactor": 2, "strideW": 1, "strideH": 1},
        )
    ],
    "AVERAGE_POOL_2D": [([real(*IMAGE)], POOL)],
    "MAX_POOL_2D": [([real(*IMAGE)], POOL | {"padding": 0})],
    "L2_POOL_2D": [([real(*IMAGE)], POOL)],
    "TRANSPOSE_CONV": [
        (
            [whole(1, 12, 27, 5), real(5, 3, 2, 8), real(*IMAGE)],
            {"options": "TransposeConvOptions", "strideH": 2, "strideW": 3, "padding": 0},
        )
    ],
    "RESIZE_BILINEAR": [([real(*IMAGE), whole(3, 20)], {"options": "ResizeBilinearOptions"})],
    "RESIZE_NEAREST_NEIGHBOR": [
        ([real(*IMAGE), whole(3, 20)], {"options": "ResizeNearestNeighborOptions"})
    ],
    "SPACE_TO_DEPTH": [([real(1, 6, 9, 8)], {"options": "SpaceToDepthOptions", "blockSize": 3})],
    "DEPTH_TO_SPACE": [([real(1, 6, 9, 8)], {"options": "DepthToSpaceOptions", "blockSize": 2})],
    "SPACE_TO_BATCH_ND": [([real(*IMAGE), whole(2, 3), whole([1, 1], [0, 0])], {})],
    "BATCH_TO_SPACE_ND": [([real(6, 6, 9, 8), whole(2, 3), whole([1, 0], [0, 2])], {})],
    "FULLY_CONNECTED": [
        ([real(3, 4, 6), real(7, 6), real(7)], {"options": "FullyConnectedOptions"}),
        (
            [real(3, 4, 6), real(7, 6), real(7)],
            {"options": "FullyConnectedOptions", "keepNumDims": True},
        ),
    ],
    "BATCH_MATMUL": [
        ([real(4, 1, 3, 5), real(2, 5, 6)], {"options": "BatchMatMulOptions"}),
        (
            [real(4, 5, 3), real(4, 6, 5)],
            {"options": "BatchMatMulOptions", "adjX": True, "adjY": True},
        ),
    ],
    "RESHAPE": [
        ([real(*IMAGE), whole(6, -1, 4)], {"options": "ReshapeOptions"}),
        ([real(*IMAGE)], {"options": "ReshapeOptions", "newShape": [2, -1]}),
    ],
    "SQUEEZE": [
        ([real(1, 3, 1, 4)], {"options": "SqueezeOptions", "squeezeDims": [-2]}),
        ([real(1, 3, 1, 4)], {"options": "SqueezeOptions"}),
    ],
    "EXPAND_DIMS": [
        ([real(*IMAGE), whole(-1)], {"options": "ExpandDimsOptions"}),
        ([real(*IMAGE), whole(1)], {"options": "ExpandDimsOptions"}),
    ],
    "CONCATENATION": [
        ([real(2, 3), real(2, 5)], {"options": "ConcatenationOptions", "axis": -1}),
    ],
    "PAD": [([real(2, 3), whole([1, 0], [2, 3])], {})],
    "PADV2": [([real(2, 3), whole([1, 0], [2, 3]), Spec((), np.float32, data=1.0)], {})],
    "MIRROR_PAD": [([real(2, 3), whole([1, 0], [2, 1])], {"options": "MirrorPadOptions"})],
    "TRANSPOSE": [([real(*IMAGE), whole(3, 0, 2, 1)], {})],
    "STRIDED_SLICE": [
        ([real(*IMAGE), whole(0, 5, -2, 0), whole(1, 0, -9, 8), whole(1, -2, -3, 5)], SLICED),
        (
            [real(*IMAGE), whole(0, 5, 2, 7), whole(1, 0, 0, 0), whole(1, 1, 1, -1)],
            SLICED | {"beginMask": 2, "endMask": 14, "shrinkAxisMask": 4},
        ),
    ],
    "SLICE": [([real(*IMAGE), whole(0, 1, 2, 3), whole(1, 2, -1, 4)], {})],
    "SPLIT": [([whole(-1), real(*IMAGE)], {"options": "SplitOptions", "numSplits": 4})],
    "SPLIT_V": [
        ([real(*IMAGE), whole(2, -1, 3), whole(2)], {"options": "SplitVOptions", "numSplits": 3})
    ],
    "PACK": [
        ([real(2, 3)] * 4, {"options": "PackOptions", "axis": 1, "valuesCount": 4}),
        ([real(2, 3)] * 4, {"options": "PackOptions", "axis": -1, "valuesCount": 4}),
    ],
    "UNPACK": [([real(2, 3)], {"options": "UnpackOptions", "axis": 1, "num": 3})],
    "GATHER": [
        ([real(*IMAGE), whole([1, 2], [0, 0])], {"options": "GatherOptions", "axis": 2}),
        (
            [real(2, 3, 4), whole([1], [0])],
            {"options": "GatherOptions", "axis": 1, "batchDims": 1, "version": 5},
        ),
    ],
    "GATHER_ND": [
        ([real(2, 3, 4), whole([1, 2], [0, 0])], {}),
        ([real(2, 3, 4), whole([[0, 1, 3]])], {}),
    ],
    "TILE": [([real(2, 3), whole(2, 4)], {})],
    "BROADCAST_TO": [([real(2, 1), whole(4, 2, 3)], {"version": 2})],
    "FILL": [([whole(2, 3), Spec((), np.float32)], {})],
    "ARG_MAX": [([real(2, 3, 4), whole(-2)], {"options": "ArgMaxOptions", "outputType": 2})],
    "ARG_MIN": [([real(2, 3, 4), whole(0)], {"options": "ArgMinOptions", "outputType": 2})],
    "SHAPE": [([real(*IMAGE)], {"options": "ShapeOptions", "outType": 2})],
    "SELECT": [([truth(2, 3), real(2, 3), real(2, 3)], {"options": "SelectOptions"})],
    "SELECT_V2": [([truth(2, 1), real(2, 3), real(3)], {"options": "SelectV2Options"})],
    "PRELU": [([real(*IMAGE), real(1, 1, 8)], {})],
    "DEQUANTIZE": [([Spec((2, 3), np.int8, 0.1)], {})],
    "CUMSUM": [([real(*IMAGE), whole(1)], {"options": "CumsumOptions"})],
}
OF_TRUTHS = ("LOGICAL_AND", "LOGICAL_NOT", "LOGICAL_OR", "REDUCE_ALL", "REDUCE_ANY")
TRUE_OR_NOT = (*OF_TRUTHS, "EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "NOT_EQUAL")
COUNTS = {"SPLIT": 4, "SPLIT_V": 3, "UNPACK": 3}
OUTPUTS = {  # where they are no real numbers
    **dict.fromkeys(TRUE_OR_NOT, Spec((), np.bool_)),
    **dict.fromkeys(("ARG_MAX", "ARG_MIN", "SHAPE"), Spec((), np.int32)),
    "QUANTIZE": Spec((), np.int8, 0.1),
}


def cases():
    """(operator, inputs, fields) of every law but those that the random models below try."""
    for name in sorted(LAWS.keys() - own.LAWS.keys()):
        tensor = truth if name in OF_TRUTHS else real
        default = {
            "same": [([tensor(2, 3, 4)], {})],
            "broadcast": [([tensor(2, 1, 4), tensor(3, 1)], {})],
            "reduced": [
                ([tensor(*IMAGE), whole(-1, 1)], {"options": "ReducerOptions"}),
                ([tensor(*IMAGE), whole(2)], {"options": "ReducerOptions", "keepDims": True}),
            ],
        }
        law = getattr(LAWS[name], "__name__", "")
        for inputs, fields in CASES.get(name) or default[law]:
            yield name, inputs, fields


@pytest.mark.parametrize(("name", "inputs", "fields"), list(cases()))
def test_a_law_gives_litert_s_shape(name, inputs, fields):
    outputs = [OUTPUTS.get(name, Spec((), np.float32))] * COUNTS.get(name, 1)
    fields = dict(fields)
    content = model(name, inputs, outputs, fields.pop("options", None), **fields)
    interpreter = Interpreter(
        model_content=content,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    theirs = [tuple(int(n) for n in each["shape"]) for each in interpreter.get_output_details()]
    graph = infer_shapes(tflite.read(content))
    assert [graph.tensors[i].shape for i in graph.outputs] == theirs


def emptied(content):
    """A model whose outputs have no shape."""
    parsed = parse(content)
    for i in parsed.subgraphs[0].outputs:
        parsed.subgraphs[0].tensors[i].shape = np.array([], np.int32)
    return pack(parsed)


def test_random_models_have_every_operator_whose_law_is_its_own():
    assert own.LAWS.keys() <= {name.split()[0] for name in FAMILIES}


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("family", [name for name in FAMILIES if "float" not in name.split()])
def test_a_shape_that_the_file_leaves_empty_is_worked_out(family, kernels):
    """XNNPACK declines some operators then, and LiteRT's own kernels take them."""
    for seed in range(MODELS):
        content, inputs = random_model(family, seed, ties=True)
        if kernels not in kernel_sets(content):
            continue
        content = emptied(content)
        ours = engine.run(tflite.read(content), inputs, kernels=kernels).outputs
        theirs = nets.run_tflite(content, inputs, kernels=kernels).outputs
        for one, other in zip(ours, theirs, strict=True):
            assert one.shape == other.shape
            np.testing.assert_array_equal(one, other, err_msg=f"seed {seed}")
