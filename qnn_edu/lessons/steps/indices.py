"""Ways in which an index, a slice or an order goes wrong."""

import numpy as np

from qnn_edu.lessons.steps.way import Way, rare


def _one_index(move):
    def index(a, i):
        if isinstance(i, (int, np.integer)):
            return a[move(a, i)]
        raise TypeError("no single index")

    return index


def _value(change):
    """Of the whole array, in place of one value of it."""

    def index(a, i):
        if isinstance(i, (int, np.integer)):
            return change(a)
        raise TypeError("no single index")

    return index


def _slice(change):
    def index(a, i):
        if isinstance(i, slice):
            return a[slice(*change(i.start, i.stop))]
        raise TypeError("no slice")

    return index


def _mask(change):
    def index(a, i):
        if isinstance(i, np.ndarray) and i.dtype == bool:
            return change(a, i)
        raise TypeError("no mask")

    return index


def _moved(end, by):
    if end is None:
        raise TypeError("no end")
    return end + by


INDEX = (
    Way("next", _one_index(lambda a, i: i + 1), "the next one, one behind {a}[{b}]."),
    Way("before", _one_index(lambda a, i: i - 1), "the one before {a}[{b}]."),
    Way("last", _one_index(lambda a, i: -1), "the last of {a}; it is {a}[{b}]."),
    Way("all", _slice(lambda start, stop: (None, None)), "all of {a}; it is {a}[{b}]."),
    Way(
        "starts later",
        _slice(lambda start, stop: (_moved(start, 1), stop)),
        "begins one too late; it is {a}[{b}].",
    ),
    Way(
        "stops later",
        _slice(lambda start, stop: (start, _moved(stop, 1))),
        "one too many; it is {a}[{b}].",
    ),
    Way(
        "stops earlier",
        _slice(lambda start, stop: (start, _moved(stop, -1))),
        "one too few; it is {a}[{b}].",
    ),
    Way("without last", _slice(lambda start, stop: (start, -1)), "the last of {a} is left out."),
    Way(
        "from the end",
        _slice(lambda start, stop: (-stop, None)),
        "those at the end; it is {a}[{b}].",
    ),
    Way("all, no mask", _mask(lambda a, i: a), "all of {a}, not those alone where {b}."),
    Way("other side", _mask(lambda a, i: a[~i]), "the others; it is those where {b}."),
    *rare(
        Way("zero", _value(lambda a: 0.0), "0 in place of {a}[{b}]."),
        Way("largest", _value(np.max), "the largest of {a}; it is {a}[{b}]."),
        Way("mean", _value(np.mean), "the mean of {a}; it is {a}[{b}]."),
        Way(
            "starts earlier",
            _slice(lambda start, stop: (_moved(start, -1), stop)),
            "one too many; it is {a}[{b}].",
        ),
        Way(
            "from the next",
            _slice(lambda start, stop: (1, stop + 1)),
            "begins one too late, and so ends one too late; it is {a}[{b}].",
        ),
        Way("later, same end", _slice(lambda start, stop: (1, stop)), "the first one is left out."),
        Way("rest", _slice(lambda start, stop: (stop, None)), "the others; it is {a}[{b}]."),
        Way("at the end", _slice(lambda start, stop: stop), "only the one behind; it is {a}[{b}]."),
        Way(
            "masked",
            _mask(lambda a, i: a * i),
            "an array with zeros; those alone where {b} are wanted.",
        ),
    ),
)

SORTED = (
    Way("upwards", lambda a, **o: np.argsort(-a, **o), "argsort sorts upwards, smallest first."),
    Way("values", lambda a, **o: -np.sort(a), "those are the values; their indices are asked for."),
    Way(
        "ranks",
        lambda a, **o: np.argsort(np.argsort(a)),
        "argsort twice gives ranks; the indices are asked for.",
    ),
    *rare(
        Way("unsorted", lambda a, **o: np.arange(len(a)), "nothing is sorted."),
        Way(
            "values upwards",
            lambda a, **o: np.sort(-a),
            "those are the values, smallest first; the indices of the largest are asked for.",
        ),
    ),
)

FIRST_TRUE = (
    Way(
        "last",
        lambda a: len(a) - 1 - np.argmax(a[::-1]),
        "the last one; it is the first for which {a}.",
    ),
    *rare(
        Way(
            "argmin",
            np.argmin,
            "the first for which it does not hold; it is the first for which {a}.",
        )
    ),
)

LEAST = (
    Way("largest", np.argmax, "the place of the largest; the smallest is asked for."),
    *rare(
        Way("first", lambda a: 0, "the first, always; the smallest is asked for."),
        Way("last", lambda a: -1, "the last, always; the smallest is asked for."),
    ),
)

KINDS = {"index": INDEX, "argsort": SORTED, "argmax": FIRST_TRUE, "argmin": LEAST}
