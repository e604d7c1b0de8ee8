"""Floor 5: checks for the exercises, one module a lesson.

A lesson imports its own module (`from qnn_edu.lessons import lesson_02 as check`) and hands it the
reader's function: `check.quantize(mine)`. Each check can also give hints (`check.quantize.hint()`)
and, to a reader who goes looking, a solution.
"""
