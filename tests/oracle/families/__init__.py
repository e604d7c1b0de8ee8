"""Families of random models of one operator, a module for each family of kernels.

`FAMILIES` of a module has, by name, a function that draws a model: the specs of its inputs, that of
its output or a list of several, the schema's options class and its fields. The first word of a name
is the operator's; the rest tells what is special: `float`, `hybrid`, `int16` or `whole` where
values are no integers of 8 bits. A new module of this folder is found by itself.
"""
