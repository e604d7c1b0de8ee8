"""Models of one operator, built from the schema: any options, shapes, scales and zero points."""

from dataclasses import dataclass

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema


@dataclass(frozen=True, eq=False)
class Spec:
    """A tensor of a model to build; with `data` a constant, with several scales per channel.

    `type` is the schema's word where numpy has no such type: INT4 for a `dtype` of int8. A
    `variable` is a state that the operator keeps. With a `block` there is a scale for every so many
    values, in float16. For random models, `product_of` are the places of
    two inputs whose scales make this one's, and `draw(rng)` gives what an input may hold.
    """

    shape: tuple
    dtype: type
    scale: object = None
    zero_point: int = 0
    axis: int = 0
    data: object = None
    type: str = ""
    variable: bool = False
    product_of: tuple = ()
    draw: object = None
    block: int = 0

    @property
    def is_input(self):
        """Whether a model takes it: it is neither a constant nor a state."""
        return self.data is None and not self.variable


def model(name, inputs, output, options=None, **fields):
    """The bytes of a model: operator `name` from Specs to a Spec, or to a list of several.

    inputs: None for one that is left out; constants and variables are no inputs of the model.
    options: the schema's options class without the T, such as "Conv2DOptions"; fields: its values.
    A name that is not the schema's is a custom operator; bytes as `options` are its own options.
    `intermediates` among the fields are Specs of tensors that the operator has for itself.
    """
    outputs = output if isinstance(output, list) else [output]
    specs = [spec for spec in (*inputs, *outputs) if spec is not None]
    built = schema.ModelT()
    built.version, built.description = 3, "one operator"
    built.buffers = [schema.BufferT()]
    built.operatorCodes = [_code(name, fields.pop("version", 1))]
    within = fields.pop("intermediates", [])
    graph = schema.SubGraphT()
    graph.tensors = [_tensor(i, spec, built.buffers) for i, spec in enumerate([*specs, *within])]
    for tensor, spec in zip(graph.tensors[: len(specs)], specs, strict=True):
        if spec.block:
            _in_blocks(tensor, spec, graph, built.buffers)
    graph.inputs = [i for i, spec in enumerate(specs[: -len(outputs)]) if spec.is_input]
    graph.outputs = list(range(len(specs)))[-len(outputs) :]
    operator = schema.OperatorT()
    places = iter(range(len(specs)))
    operator.inputs = [-1 if spec is None else next(places) for spec in inputs]
    operator.outputs = graph.outputs
    operator.intermediates = list(range(len(specs), len(specs) + len(within)))
    _set_options(operator, options, fields)
    graph.operators = [operator]
    built.subgraphs = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(built.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _code(name, version):
    code = schema.OperatorCodeT()
    code.builtinCode = getattr(schema.BuiltinOperator, name, schema.BuiltinOperator.CUSTOM)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), version
    if code.builtinCode == schema.BuiltinOperator.CUSTOM:
        code.customCode = name
    return code


def _set_options(operator, options, fields):
    if isinstance(options, bytes):
        operator.customOptions = np.frombuffer(options, np.uint8)
    elif options:
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
        operator.builtinOptions = getattr(schema, f"{options}T")()
        for field, value in fields.items():
            setattr(operator.builtinOptions, field, value)


def _tensor(index, spec, buffers):
    tensor = schema.TensorT()
    tensor.name, tensor.shape = f"tensor{index}", list(spec.shape)
    word = spec.type or np.dtype(spec.dtype).name.upper()
    tensor.type, tensor.isVariable = getattr(schema.TensorType, word), spec.variable
    tensor.buffer = 0
    if spec.data is not None:
        data = _stored(np.ascontiguousarray(spec.data, spec.dtype), word)
        buffers.append(schema.BufferT(data=np.frombuffer(data, np.uint8)))
        tensor.buffer = len(buffers) - 1
    if spec.scale is not None:
        scales = np.atleast_1d(np.float32(spec.scale))
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = scales.tolist()
        tensor.quantization.zeroPoint = [int(spec.zero_point)] * len(scales)
        tensor.quantization.quantizedDimension = spec.axis
    return tensor


def _in_blocks(tensor, spec, graph, buffers):
    """The scales of blocks are a tensor of their own, at the end of the file's."""
    scales = np.asarray(spec.scale, np.float16)
    graph.tensors.append(_tensor("scales", Spec(scales.shape, np.float16, data=scales), buffers))
    details = schema.BlockwiseQuantizationT()
    details.scales, details.zeroPoints = len(graph.tensors) - 1, -1
    details.blockSize = spec.block
    tensor.quantization = schema.QuantizationParametersT()
    tensor.quantization.detailsType = schema.QuantizationDetails.BlockwiseQuantization
    tensor.quantization.details = details


def _stored(values, word):
    """The bytes of a buffer; two values of 4 bits share one, the first in the lower half."""
    if word != "INT4":
        return values.tobytes()
    nibbles = np.append(values.ravel().view(np.uint8) & 15, np.zeros(values.size % 2, np.uint8))
    return (nibbles[::2] | nibbles[1::2] << 4).astype(np.uint8).tobytes()
