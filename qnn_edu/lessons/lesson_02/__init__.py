"""Exercises of lesson 02: quantize and dequantize."""

from qnn_edu.lessons.lesson_02.leak import leak
from qnn_edu.lessons.lesson_02.rounding_rms import rounding_rms
from qnn_edu.lessons.lesson_02.scale_and_zero_point import scale_and_zero_point
from qnn_edu.lessons.lesson_02.sqnr_db import sqnr_db

__all__ = ["scale_and_zero_point", "leak", "rounding_rms", "sqnr_db"]
