"""Measurements, not tests: `make bench` prints the tables. No time is asserted anywhere.

A file `bench_NAME.py` has a docstring whose first line is the table's title, and a function `run()`
that returns its rows: a list of dicts from column to number or text.
"""
