"""LiteRT model files as plain Python objects, by numpy and flatbuffers alone."""

from qnn_edu.tflite.extract import extract
from qnn_edu.tflite.graph import Graph, Operator, Subgraph, Tensor
from qnn_edu.tflite.int4 import pack_int4
from qnn_edu.tflite.reader import read
from qnn_edu.tflite.shapes import infer_shapes
from qnn_edu.tflite.sparsity import Sparsity
from qnn_edu.tflite.twin import float_twin

__all__ = [
    "Graph",
    "Operator",
    "Sparsity",
    "Subgraph",
    "Tensor",
    "extract",
    "float_twin",
    "infer_shapes",
    "pack_int4",
    "read",
]
