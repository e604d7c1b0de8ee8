"""Models of one operator, built from the schema: any options, shapes, scales and zero points."""

from dataclasses import dataclass

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema


@dataclass(frozen=True, eq=False)
class Spec:
    """A tensor of a model to build; with `data` a constant, with several scales per channel."""

    shape: tuple
    dtype: type
    scale: object = None
    zero_point: int = 0
    axis: int = 0
    data: object = None


def model(name, inputs, output, options=None, **fields):
    """The bytes of a model: operator `name` from Specs to a Spec; constants are no inputs of it.

    options: the schema's options class without the T, such as "Conv2DOptions"; fields: its values.
    """
    built = schema.ModelT()
    built.version, built.description = 3, "one operator"
    built.buffers = [schema.BufferT()]
    code = schema.OperatorCodeT()
    code.builtinCode = getattr(schema.BuiltinOperator, name)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), fields.pop("version", 1)
    built.operatorCodes = [code]
    specs = [*inputs, output]
    graph = schema.SubGraphT()
    graph.tensors = [_tensor(i, spec, built.buffers) for i, spec in enumerate(specs)]
    graph.inputs = [i for i, spec in enumerate(inputs) if spec.data is None]
    graph.outputs = [len(inputs)]
    operator = schema.OperatorT()
    operator.inputs, operator.outputs = list(range(len(inputs))), [len(inputs)]
    if options:
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
        operator.builtinOptions = getattr(schema, f"{options}T")()
        for field, value in fields.items():
            setattr(operator.builtinOptions, field, value)
    graph.operators = [operator]
    built.subgraphs = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(built.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _tensor(index, spec, buffers):
    tensor = schema.TensorT()
    tensor.name, tensor.shape = f"tensor{index}", list(spec.shape)
    tensor.type = getattr(schema.TensorType, np.dtype(spec.dtype).name.upper())
    tensor.buffer = 0
    if spec.data is not None:
        data = np.ascontiguousarray(spec.data, spec.dtype)
        buffers.append(schema.BufferT(data=np.frombuffer(data.tobytes(), np.uint8)))
        tensor.buffer = len(buffers) - 1
    if spec.scale is not None:
        scales = np.atleast_1d(np.float32(spec.scale))
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = scales.tolist()
        tensor.quantization.zeroPoint = [int(spec.zero_point)] * len(scales)
        tensor.quantization.quantizedDimension = spec.axis
    return tensor
