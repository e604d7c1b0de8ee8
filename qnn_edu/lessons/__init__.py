"""Floor 5: checks for the exercises, a package a lesson, a module an exercise.

A lesson imports its own package (`from qnn_edu.lessons import lesson_02 as check`) and hands it the
reader's function: `check.quantize(mine)`. Each check can also give hints (`check.quantize.hint()`)
and, to a reader who goes looking, a solution.

`exercise` says what an exercise is and `mistakes` what a mistake is; `compare` holds two results
against each other, and `text` writes them down. The exercise `check.quantize` and all that belongs
to it stand in `lesson_02/quantize.py`.
"""
