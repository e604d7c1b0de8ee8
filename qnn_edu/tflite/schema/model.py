"""The tables of a model file but for the options of operators.

An entry is `name:type`, in the order of the schema, and `=` a default that is not 0. Types are the
schema's: numbers (`int`), `string`, other tables, enumerations, unions, and vectors in brackets. A
field that is `deprecated` only keeps its place.

Source: LiteRT's schema, `schema.fbs`; `tests/tflite/test_tflite_schema.py` holds both together.
"""

TABLES = {
    "Model": """
        version:uint operator_codes:[OperatorCode] subgraphs:[SubGraph] description:string
        buffers:[Buffer] metadata_buffer:[int] metadata:[Metadata] signature_defs:[SignatureDef]
        external_buffer_groups:[ExternalBufferGroup] external_buffers:[ExternalBuffer]
    """,
    "OperatorCode": """
        deprecated_builtin_code:byte custom_code:string version:int=1 builtin_code:BuiltinOperator
    """,
    "SubGraph": """
        tensors:[Tensor] inputs:[int] outputs:[int] operators:[Operator] name:string
        debug_metadata_index:int=-1
    """,
    "Tensor": """
        shape:[int] type:TensorType buffer:uint name:string quantization:QuantizationParameters
        is_variable:bool sparsity:SparsityParameters shape_signature:[int] has_rank:bool
        variant_tensors:[VariantSubType] external_buffer:uint
    """,
    "VariantSubType": "shape:[int] type:TensorType has_rank:bool",
    "Operator": """
        opcode_index:uint inputs:[int] outputs:[int] builtin_options:BuiltinOptions
        custom_options:[ubyte] custom_options_format:CustomOptionsFormat
        mutating_variable_inputs:[bool] intermediates:[int] large_custom_options_offset:ulong
        large_custom_options_size:ulong builtin_options_2:BuiltinOptions2
        debug_metadata_index:int=-1
    """,
    "Buffer": "data:[ubyte] offset:ulong size:ulong",
    "QuantizationParameters": """
        min:[float] max:[float] scale:[float] zero_point:[long] details:QuantizationDetails
        quantized_dimension:int
    """,
    "CustomQuantization": "custom:[ubyte]",
    "BlockwiseQuantization": "scales:int zero_points:int block_size:int block_shape:[int]",
    "MultiAxisQuantization": "scales:int zero_points:int block_size:int quantized_dimensions:[int]",
    "SparsityParameters": "traversal_order:[int] block_map:[int] dim_metadata:[DimensionMetadata]",
    "DimensionMetadata": """
        format:DimensionType dense_size:int array_segments:SparseIndexVector
        array_indices:SparseIndexVector
    """,
    "Int32Vector": "values:[int]",
    "Uint16Vector": "values:[ushort]",
    "Uint8Vector": "values:[ubyte]",
    "SignatureDef": """
        inputs:[TensorMap] outputs:[TensorMap] signature_key:string deprecated_tag:deprecated
        subgraph_index:uint
    """,
    "TensorMap": "name:string tensor_index:uint",
    "Metadata": "name:string buffer:uint",
    "ExternalBuffer": "id:uint group:uint offset:ulong length:ulong packing:string",
    "ExternalBufferGroup": "name:string",
}
