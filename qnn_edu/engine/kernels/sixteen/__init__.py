"""Activations of 16 bits, as int16x8 has them: zero points are 0, weights have 8 bits or fewer.

XNNPACK has no such kernels, and where LiteRT's own have only one law for both sets, it says so by
saying nothing.
"""
