"""The exercise of lesson 00: how exercises answer."""

from qnn_edu.lessons.lesson_00.levels import levels

__all__ = ["levels"]
