"""Times of functions that are compared with each other, measured in turns in one run."""

from statistics import median
from time import perf_counter


def interleaved(functions, *, rounds=15):
    """Median time of each function, in ms, and its ratio to the first: one row for each.

    functions: dict from name to a function without arguments. Each runs once unmeasured. Then all
    run in turns, `rounds` times, so a busy machine slows them alike and the ratio stays fair.

    >>> [row["function"] for row in interleaved({"a": dict, "b": list}, rounds=3)]
    ['a', 'b']
    """
    times = {name: [] for name in functions}
    for function in functions.values():
        function()
    for _ in range(rounds):
        for name, function in functions.items():
            start = perf_counter()
            function()
            times[name].append(1000 * (perf_counter() - start))
    first = median(times[next(iter(functions))])
    return [
        {"function": name, "median ms": median(taken), "ratio": median(taken) / first}
        for name, taken in times.items()
    ]
