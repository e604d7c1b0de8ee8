"""The options of operators: the tables that an operator's `builtin_options` may hold."""

TABLES = {
    "AddOptions": "fused_activation_function:ActivationFunctionType pot_scale_int16:bool=true",
    "ArgMaxOptions": "output_type:TensorType",
    "ArgMinOptions": "output_type:TensorType",
    "BatchMatMulOptions": "adj_x:bool adj_y:bool asymmetric_quantize_inputs:bool",
    "BidirectionalSequenceLSTMOptions": """
        fused_activation_function:ActivationFunctionType cell_clip:float proj_clip:float
        merge_outputs:bool time_major:bool=true asymmetric_quantize_inputs:bool
    """,
    "BidirectionalSequenceRNNOptions": """
        time_major:bool fused_activation_function:ActivationFunctionType merge_outputs:bool
        asymmetric_quantize_inputs:bool
    """,
    "BucketizeOptions": "boundaries:[float]",
    "CallOnceOptions": "init_subgraph_index:int",
    "CallOptions": "subgraph:uint",
    "CastOptions": "in_data_type:TensorType out_data_type:TensorType",
    "ConcatEmbeddingsOptions": """
        num_channels:int num_columns_per_channel:[int] embedding_dim_per_channel:[int]
    """,
    "ConcatenationOptions": "axis:int fused_activation_function:ActivationFunctionType",
    "Conv2DOptions": """
        padding:Padding stride_w:int stride_h:int fused_activation_function:ActivationFunctionType
        dilation_w_factor:int=1 dilation_h_factor:int=1 quantized_bias_type:TensorType
    """,
    "Conv3DOptions": """
        padding:Padding stride_d:int stride_w:int stride_h:int
        fused_activation_function:ActivationFunctionType dilation_d_factor:int=1
        dilation_w_factor:int=1 dilation_h_factor:int=1
    """,
    "CumsumOptions": "exclusive:bool reverse:bool",
    "DepthToSpaceOptions": "block_size:int",
    "DepthwiseConv2DOptions": """
        padding:Padding stride_w:int stride_h:int depth_multiplier:int
        fused_activation_function:ActivationFunctionType dilation_w_factor:int=1
        dilation_h_factor:int=1
    """,
    "DivOptions": "fused_activation_function:ActivationFunctionType",
    "EmbeddingLookupSparseOptions": "combiner:CombinerType",
    "FakeQuantOptions": "min:float max:float num_bits:int narrow_range:bool",
    "FullyConnectedOptions": """
        fused_activation_function:ActivationFunctionType
        weights_format:FullyConnectedOptionsWeightsFormat keep_num_dims:bool
        asymmetric_quantize_inputs:bool quantized_bias_type:TensorType quant_spec:[ubyte]
    """,
    "GatherOptions": "axis:int batch_dims:int",
    "GeluOptions": "approximate:bool",
    "HashtableOptions": "table_id:int key_dtype:TensorType value_dtype:TensorType",
    "IfOptions": "then_subgraph_index:int else_subgraph_index:int",
    "L2NormOptions": "fused_activation_function:ActivationFunctionType",
    "LSHProjectionOptions": "type:LSHProjectionType",
    "LSTMOptions": """
        fused_activation_function:ActivationFunctionType cell_clip:float proj_clip:float
        kernel_type:LSTMKernelType asymmetric_quantize_inputs:bool
    """,
    "LeakyReluOptions": "alpha:float",
    "LocalResponseNormalizationOptions": "radius:int bias:float alpha:float beta:float",
    "MirrorPadOptions": "mode:MirrorPadMode",
    "MulOptions": "fused_activation_function:ActivationFunctionType",
    "OneHotOptions": "axis:int",
    "PackOptions": "values_count:int axis:int",
    "Pool2DOptions": """
        padding:Padding stride_w:int stride_h:int filter_width:int filter_height:int
        fused_activation_function:ActivationFunctionType
    """,
    "RNNOptions": """
        fused_activation_function:ActivationFunctionType asymmetric_quantize_inputs:bool
    """,
    "RandomOptions": "seed:long seed2:long",
    "ReducerOptions": "keep_dims:bool",
    "ReshapeOptions": "new_shape:[int]",
    "ResizeBilinearOptions": """
        new_height:deprecated new_width:deprecated align_corners:bool half_pixel_centers:bool
    """,
    "ResizeNearestNeighborOptions": "align_corners:bool half_pixel_centers:bool",
    "ReverseSequenceOptions": "seq_dim:int batch_dim:int",
    "SVDFOptions": """
        rank:int fused_activation_function:ActivationFunctionType asymmetric_quantize_inputs:bool
    """,
    "SequenceRNNOptions": """
        time_major:bool fused_activation_function:ActivationFunctionType
        asymmetric_quantize_inputs:bool
    """,
    "ShapeOptions": "out_type:TensorType",
    "SkipGramOptions": "ngram_size:int max_skip_size:int include_all_ngrams:bool",
    "SoftmaxOptions": "beta:float",
    "SpaceToDepthOptions": "block_size:int",
    "SparseToDenseOptions": "validate_indices:bool",
    "SplitOptions": "num_splits:int",
    "SplitVOptions": "num_splits:int",
    "SqueezeOptions": "squeeze_dims:[int]",
    "StridedSliceOptions": """
        begin_mask:int end_mask:int ellipsis_mask:int new_axis_mask:int shrink_axis_mask:int
        offset:bool
    """,
    "SubOptions": "fused_activation_function:ActivationFunctionType pot_scale_int16:bool=true",
    "TransposeConvOptions": """
        padding:Padding stride_w:int stride_h:int fused_activation_function:ActivationFunctionType
        quantized_bias_type:TensorType
    """,
    "UnidirectionalSequenceLSTMOptions": """
        fused_activation_function:ActivationFunctionType cell_clip:float proj_clip:float
        time_major:bool asymmetric_quantize_inputs:bool diagonal_recurrent_tensors:bool
    """,
    "UniqueOptions": "idx_out_type:TensorType=INT32",
    "UnpackOptions": "num:int axis:int",
    "VarHandleOptions": "container:string shared_name:string",
    "WhileOptions": "cond_subgraph_index:int body_subgraph_index:int",
}

NO_FIELDS = """
    ATan2Options AbsOptions AddNOptions AssignVariableOptions BatchToSpaceNDOptions
    BitcastOptions BitwiseXorOptions BroadcastToOptions CosOptions DensifyOptions
    DequantizeOptions DynamicUpdateSliceOptions EqualOptions ExpOptions ExpandDimsOptions
    FillOptions FloorDivOptions FloorModOptions GatherNdOptions GreaterEqualOptions
    GreaterOptions HardSwishOptions HashtableFindOptions HashtableImportOptions
    HashtableSizeOptions LessEqualOptions LessOptions LogSoftmaxOptions LogicalAndOptions
    LogicalNotOptions LogicalOrOptions MatrixDiagOptions MatrixSetDiagOptions
    MaximumMinimumOptions NegOptions NonMaxSuppressionV4Options NonMaxSuppressionV5Options
    NotEqualOptions PadOptions PadV2Options PowOptions QuantizeOptions RangeOptions RankOptions
    ReadVariableOptions ReverseV2Options Rfft2dOptions RightShiftOptions ScatterNdOptions
    SegmentSumOptions SelectOptions SelectV2Options SignOptions SliceOptions
    SpaceToBatchNDOptions SquareOptions SquaredDifferenceOptions TileOptions TopKV2Options
    TransposeOptions UnsortedSegmentMaxOptions UnsortedSegmentMinOptions
    UnsortedSegmentProdOptions UnsortedSegmentSumOptions WhereOptions ZerosLikeOptions
"""

TABLES |= dict.fromkeys(NO_FIELDS.split(), "")
