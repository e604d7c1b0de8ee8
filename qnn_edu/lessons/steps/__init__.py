"""The steps of a solution, and the usual ways in which each goes wrong.

A solution is a plain function, written for readers. `reader` turns its source into steps, each of
which can be done another way: np.round as np.floor, x / scale as x * scale, [1:] as [:].
The ways stand beside the kinds of steps that they belong to: `rounding`, `limits`, `conversions`,
`arithmetic`, `reductions`, `choices`, `indices`, `constants`, `arguments`, `results`; `orders` does
two steps in the wrong order. `find` tries one change, then two, until the solution so changed gives
the very results of a reader's function. Nothing is said of an exercise here: what it is called and
what it works on, the solution's own names say.
"""
