"""The kernels, a family a module: functions that compute, and `KERNELS`, which registers them.

A new module of this folder is found by itself.
"""
