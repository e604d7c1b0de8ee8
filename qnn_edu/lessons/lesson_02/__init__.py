"""Exercises of lesson 02: quantize and dequantize."""

from qnn_edu.lessons.lesson_02.dequantize import dequantize
from qnn_edu.lessons.lesson_02.quantize import quantize
from qnn_edu.lessons.lesson_02.scale_and_zero_point import scale_and_zero_point
from qnn_edu.lessons.lesson_02.sqnr_db import sqnr_db

__all__ = ["scale_and_zero_point", "quantize", "dequantize", "sqnr_db"]
