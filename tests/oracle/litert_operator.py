"""Models of one operator, built by hand, to ask LiteRT's own QUANTIZE and DEQUANTIZE."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

TENSOR_TYPES = {
    np.dtype(np.float32): schema.TensorType.FLOAT32,
    np.dtype(np.int8): schema.TensorType.INT8,
    np.dtype(np.uint8): schema.TensorType.UINT8,
    np.dtype(np.int16): schema.TensorType.INT16,
}


def run_operator(name, x, out_dtype, params, resolver=OpResolverType.BUILTIN_REF):
    """`x` through QUANTIZE or DEQUANTIZE; `params` belong to the integer side."""
    model = schema.ModelT()
    model.version, model.description = 3, "one operator"
    model.buffers = [schema.BufferT()]
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, name)
    model.operatorCodes = [code]
    graph = schema.SubGraphT()
    graph.tensors = [
        _tensor("x", x.shape, x.dtype, params),
        _tensor("y", x.shape, out_dtype, params),
    ]
    operator = schema.OperatorT()
    operator.inputs, operator.outputs = [0], [1]
    graph.inputs, graph.outputs, graph.operators = [0], [1], [operator]
    model.subgraphs = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    interpreter = Interpreter(
        model_content=bytes(builder.Output()), experimental_op_resolver_type=resolver
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def _tensor(name, shape, dtype, params):
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.buffer = name, list(shape), 0
    tensor.type = TENSOR_TYPES[np.dtype(dtype)]
    if np.dtype(dtype).kind != "f":
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = [float(params.scale)]
        tensor.quantization.zeroPoint = [int(params.zero_point)]
    return tensor
