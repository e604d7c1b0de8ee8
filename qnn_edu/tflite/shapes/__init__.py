"""The shapes of what operators compute, from the shapes of what they read.

A file may leave shapes empty, or state others than a runtime finds: a runtime works them out
anew, operator by operator, and so does `infer_shapes`. A law is a function of an operator and its
inputs that gives the shapes of its outputs; it stands in the `LAWS` of a module here.
"""

from qnn_edu.tflite.shapes.infer import infer_shapes, output_shapes

__all__ = ["infer_shapes", "output_shapes"]
