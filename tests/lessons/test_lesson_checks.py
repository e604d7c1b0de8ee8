"""Every check accepts its solution, refuses every mistake it knows by name, and others besides."""

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest

import qnn_edu.lessons
from qnn_edu.lessons.exercise import Exercise

MODULES = [
    import_module(f"qnn_edu.lessons.{module.name}")
    for module in pkgutil.iter_modules(qnn_edu.lessons.__path__)
    if module.name.startswith("lesson_")
]
EXERCISES = {
    f"{module.__name__.rsplit('.')[-1]}.{name}": exercise
    for module in MODULES
    for name, exercise in vars(module).items()
    if isinstance(exercise, Exercise)
}
MISTAKES = [
    pytest.param(exercise, mistake, id=f"{name}:{mistake.function.__name__}")
    for name, exercise in EXERCISES.items()
    for mistake in exercise.mistakes
]


def unfinished(*arguments):
    raise NotImplementedError


def failing(*arguments):
    raise ZeroDivisionError("division by zero")


GENERAL = {
    "nothing": lambda *arguments: None,
    "text": lambda *arguments: "text",
    "zero": lambda *arguments: 0,
    "first argument": lambda *arguments: arguments[0],
    "ragged": lambda *arguments: [[1], [1, 2]],
    "unfinished": unfinished,
    "failing": failing,
}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_solution_is_right(exercise):
    verdict = exercise(exercise.solution)
    assert verdict.passed, verdict
    assert "right" in verdict.text
    assert "def " in exercise.show_solution().text


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_a_mistake_is_refused_by_its_name(exercise, mistake):
    verdict = exercise(mistake.function)
    assert not verdict.passed
    assert verdict.mistake == mistake.function.__name__, verdict
    assert mistake.advice in verdict.text


@pytest.mark.parametrize("wrong", GENERAL.values(), ids=GENERAL)
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_other_wrong_answers_are_refused(exercise, wrong):
    verdict = exercise(wrong)
    assert not verdict.passed and verdict.mistake is None, verdict


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_hints_rise_and_end(exercise):
    assert 2 <= len(exercise.hints) <= 4
    for number, hint in enumerate(exercise.hints, 1):
        assert hint in exercise.hint(number).text
    for number in (0, len(exercise.hints) + 1):
        with pytest.raises(ValueError, match="There are hints 1 to"):
            exercise.hint(number)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_cases_do_not_change(exercise):
    """A reader's function that writes into its arguments must not spoil the next run."""

    def vandal(*arguments):
        result = exercise.solution(*arguments)
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                argument[...] = 0
        return result

    assert exercise(vandal).passed
    assert exercise(exercise.solution).passed


def test_every_exercise_knows_at_least_two_mistakes():
    few = [name for name, exercise in EXERCISES.items() if len(exercise.mistakes) < 2]
    assert not few


def test_a_mistake_is_recognised_whatever_its_type():
    verdict = EXERCISES["lesson_02.quantize"](lambda x, s, z, a, b: np.round(x / s) + z)
    assert verdict.mistake == "_no_clip"


def test_what_is_only_near_a_mistake_is_not_named_after_it():
    exercise = EXERCISES["lesson_03.narrow_scale"]
    (mistake,) = (m.function for m in exercise.mistakes if m.function.__name__ == "_all_steps")
    assert exercise(mistake).mistake == "_all_steps"
    assert exercise(lambda w, bits: 1.005 * mistake(w, bits)).mistake is None


def test_verdicts_say_what_happened():
    exercise = Exercise("Halve", lambda x: x / 2, [(np.arange(8.0),)])
    assert "not written yet" in exercise(unfinished).text
    assert "your function raised ZeroDivisionError: division by zero" in exercise(failing).text
    assert "nothing came back" in exercise(lambda x: None).text
    assert "expected shape (8,), yours one number" in exercise(lambda x: 1.0).text
    assert "For x = array of shape (8,): 0, 1, 2, 3, 4, 5, ..." in exercise(lambda x: 1.0).text
    table = exercise(lambda x: x).text
    assert "7 of 8 values differ, the first at index 1" in table
    assert "expected 0.5, 1, 1.5, 2, 2.5, 3, ..." in table
    whole = Exercise("Whole", lambda x: x.astype(int), [(np.arange(3.0),)])
    assert "right, but float64; expected whole numbers" in whole(lambda x: x).text
    close = Exercise("Close", lambda x: 0.1, [(1,)], tolerance=1e-12)
    assert "expected 0.1\n  yours    0.100000001" in close(lambda x: 0.1 + 1e-9).text
    pair = Exercise("Pair", lambda x: (x, 1), [(2.0,)])
    assert "expected a tuple of 2 values" in pair(lambda x: x).text
    assert "value 2" in pair(lambda x: (x, 1.0)).text


def test_solutions_read_as_functions_of_named_arguments():
    for name, exercise in EXERCISES.items():
        signature = inspect.signature(exercise.solution)
        assert len(signature.parameters) == len(exercise.cases[0]), name


ALSO_RIGHT = [
    ("lesson_00.levels", lambda bits: 1 << bits),
    ("lesson_00.levels", lambda bits: np.int64(2) ** bits),
    (
        "lesson_01.model_input",
        lambda x, s, z: (np.rint(x / s).clip(-128 - z, 127 - z) + z).astype(np.int64),
    ),
    ("lesson_01.probabilities", lambda q, s, z: (q.astype(np.float32) - z) * np.float32(s)),
    ("lesson_01.top", lambda p, k: sorted(range(len(p)), key=lambda c: -p[c])[:k]),
    (
        "lesson_02.scale_and_zero_point",
        lambda lo, hi, a, b: (
            np.float32((hi - lo) / (b - a)),
            int(np.rint(a - lo / (hi - lo) * (b - a))),
        ),
    ),
    (
        "lesson_02.quantize",
        lambda x, s, z, a, b: np.minimum(np.maximum(np.floor(x / s + 0.5) + z, a), b).astype(int),
    ),
    ("lesson_02.dequantize", lambda q, s, z: [s * (int(v) - z) for v in q]),
    (
        "lesson_02.sqnr_db",
        lambda x, y: np.float32(20 * np.log10(np.linalg.norm(x) / np.linalg.norm(x - y))),
    ),
    ("lesson_03.narrow_scale", lambda w, bits: max(w.max(), -w.min()) / (2 ** (bits - 1) - 1)),
    (
        "lesson_03.channel_scales",
        lambda w, axis: [np.abs(c).max() / 127 for c in np.moveaxis(w, axis, 0)],
    ),
    (
        "lesson_03.moving_average",
        lambda m, d: (
            m[0] * d ** (len(m) - 1) + sum((1 - d) * d**k * v for k, v in enumerate(m[:0:-1]))
        ),
    ),
    (
        "lesson_06.straight_through",
        lambda x, g, s, a, b: [d * (np.clip(v, s * a, s * b) == v) for v, d in np.c_[x, g]],
    ),
    ("lesson_06.range_gradients", lambda x, g, lo, hi: [g @ (x < lo), g @ (x > hi)]),
    (
        "lesson_06.leaky",
        lambda x, g, lo, hi, leak: leak * g + (1 - leak) * g * (np.clip(x, lo, hi) == x),
    ),
    (
        "lesson_06.step_gradient",
        lambda x, g, s, a, b: (
            g
            @ (np.clip(np.rint(x / s), a, b) - x / s * (a * s < x) * (x < b * s))
            / (len(x) * b) ** 0.5
        ),
    ),
    ("lesson_05.image_range", lambda mean, std: [np.float32(-mean / std), (255 - mean) / std]),
    ("lesson_05.stored_bias", lambda b, x, w: [round(v) for v in b / x / w]),
    (
        "lesson_05.filter_ranges",
        lambda w: [s * np.abs(w.reshape(-1, w.shape[-1])).max(axis=0) for s in (-1, 1)],
    ),
    ("lesson_05.integer_layers", lambda known: np.logical_and(known[1:], known[:-1])),
    (
        "lesson_07.weights",
        lambda w, bits: np.stack(
            [
                np.rint(c * (2 ** (bits - 1) - 1) / abs(c).max())
                * (abs(c).max() / (2 ** (bits - 1) - 1))
                for c in np.moveaxis(w, 3, 0)
            ],
            axis=3,
        ),
    ),
    (
        "lesson_07.ranges",
        lambda m, v: [
            v[0] * m**k + sum((1 - m) * m ** (k - j) * v[j] for j in range(1, k + 1))
            for k in range(len(v))
        ],
    ),
    (
        "lesson_07.delayed",
        lambda x, hi, bits, delay: np.concatenate(
            [
                x[:delay],
                [
                    np.rint(np.minimum(row, h) / h * (2**bits - 1)) * (h / (2**bits - 1))
                    for row, h in zip(x[delay:], hi[delay:], strict=True)
                ],
            ]
        ),
    ),
    (
        "lesson_07.turns",
        lambda levels: [
            int((np.diff(np.sign(d[d != 0])) != 0).sum()) for d in np.diff(levels, axis=0).T
        ],
    ),
    ("lesson_08.folded_bias", lambda b, g, be, m, v, e: (b - m) * (g * (v + e) ** -0.5) + be),
    (
        "lesson_08.depthwise_fold",
        lambda w, f: (w.reshape(3, 3, -1) * np.float32(f).astype(float)).reshape(w.shape),
    ),
    (
        "lesson_08.lost_channels",
        lambda w, bits: sum(
            not np.rint(c * (2 ** (bits - 1) - 1) / abs(w).max()).any()
            for c in np.moveaxis(w, 2, 0)
        ),
    ),
    (
        "lesson_08.cut_idle",
        lambda w, b, be, v, e: [w * (v >= e), b * (v >= e) + be * (v < e)],
    ),
    ("lesson_09.accumulator", lambda q, w, z, b: np.dot(q.astype(int), w) - z * int(w.sum()) + b),
    ("lesson_09.quantized_bias", lambda b, x, w, y: np.rint(b / x / w).astype(np.int64)),
    (
        "lesson_09.multiplier",
        lambda m, bits: max(
            (round(m * 2 ** (bits - s)), s)
            for s in range(-40, 9)
            if round(m * 2 ** (bits - s)) < 2**bits
        ),
    ),
    (
        "lesson_09.round_once",
        lambda acc, m, s, z, lo, hi: [
            min(max((int(a) * m + 2 ** (30 - s)) // 2 ** (31 - s) + z, lo), hi) for a in acc
        ],
    ),
]


@pytest.mark.parametrize(("name", "answer"), ALSO_RIGHT)
def test_other_right_answers_pass(name, answer):
    verdict = EXERCISES[name](answer)
    assert verdict.passed, verdict
