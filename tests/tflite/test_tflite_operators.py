"""The options of operators: words where a reader meets words, numbers else."""

from qnn_edu.tflite import read
from qnn_edu.tflite.flatbuffer import pack
from qnn_edu.tflite.schema import number
from qnn_edu.tflite.table import Table


def one_operator(name, **options):
    """A model of one operator, whose tensors do not matter."""
    code = Table("OperatorCode", builtin_code=number("BuiltinOperator", name))
    graph = Table("SubGraph", tensors=[Table("Tensor")], operators=[Table("Operator", **options)])
    return Table("Model", operator_codes=[code], subgraphs=[graph], buffers=[Table("Buffer")])


def test_a_word_of_another_operator_does_not_name_a_vector():
    """`padding` is a word in CONV_2D, and a list of numbers in StableHLO's convolution."""
    options = Table("StablehloConvolutionOptions", padding=[1, 2], window_reversal=[True, False])
    model = one_operator("STABLEHLO_CONVOLUTION", builtin_options_2=options)
    (operator,) = read(pack(model)).operators
    assert operator.options["padding"] == (1, 2)
    assert operator.options["window_reversal"] == (True, False)
    options = Table("Conv2DOptions", padding=number("Padding", "VALID"))
    (operator,) = read(pack(one_operator("CONV_2D", builtin_options=options))).operators
    assert operator.options["padding"] == "VALID"
