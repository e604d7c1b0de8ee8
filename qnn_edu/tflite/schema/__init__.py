"""The format of model files as data: tables and their fields, enumerations, unions.

LiteRT's schema only grows at the ends of its lists. Where it has grown,
`tests/tflite/test_tflite_schema.py` fails and names what is to be added here.
"""

from qnn_edu.tflite.schema.layout import NUMBERS, TABLES, Field, Layout, layout
from qnn_edu.tflite.schema.words import number, word

__all__ = ["NUMBERS", "TABLES", "Field", "Layout", "layout", "number", "word"]
