"""Every check accepts its solution, refuses every mistake it knows by name, and others besides."""

import copy
import inspect
import pkgutil
import sys
import warnings
from importlib import import_module

import numpy as np
import pytest

import qnn_edu.lessons
from qnn_edu.lessons.exercise import Exercise

LESSONS = [
    import_module(f"qnn_edu.lessons.{module.name}")
    for module in pkgutil.iter_modules(qnn_edu.lessons.__path__)
    if module.name.startswith("lesson_")
]
EXERCISES = {
    f"{lesson.__name__.rsplit('.')[-1]}.{name}": getattr(lesson, name)
    for lesson in LESSONS
    for name in lesson.__all__
}


def answers(name):
    lesson, exercise = name.split(".")
    return getattr(import_module(f"tests.lessons.answers.{lesson}"), exercise)


ALSO_RIGHT = [(name, answer) for name in EXERCISES for answer in answers(name)["right"]]
WRONG = [(name, answer) for name in EXERCISES for answer in answers(name)["wrong"]]
MISTAKES = [
    pytest.param(exercise, mistake, id=f"{name}:{mistake.name}")
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
    verdict = exercise(mistake)
    assert not verdict.passed
    assert verdict.mistake == mistake.name, verdict
    assert mistake.advice in verdict.text


@pytest.mark.parametrize("wrong", GENERAL.values(), ids=GENERAL)
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_other_wrong_answers_are_refused(exercise, wrong):
    verdict = exercise(wrong)
    assert not verdict.passed, verdict
    assert verdict.mistake is None or wrong is GENERAL["first argument"], verdict


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_what_an_argument_given_back_is_can_be_told(exercise):
    assert exercise(GENERAL["first argument"]).mistake


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


@pytest.mark.slow
@pytest.mark.parametrize(("name", "wrong"), WRONG)
def test_wrong_answers_without_a_name_are_refused(name, wrong):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verdict = EXERCISES[name](wrong)
    assert not verdict.passed


@pytest.mark.parametrize(("name", "exercise"), EXERCISES.items(), ids=EXERCISES)
def test_every_exercise_has_wrong_answers_and_another_right_one(name, exercise):
    assert len(exercise.mistakes) >= 3
    assert len(answers(name)["wrong"]) >= 4 and answers(name)["right"]
    told_apart = {results(mistake, exercise) for mistake in exercise.mistakes}
    assert len(told_apart) == len(exercise.mistakes)


def results(function, exercise):
    """What a function answers, in all cases, as text."""
    with np.errstate(all="ignore"):
        given = [as_tuple(function(*copy.deepcopy(case))) for case in exercise.cases]
    return str([np.asarray(part).tolist() for parts in given for part in parts])


def as_tuple(result):
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_real_results_have_fractions(exercise):
    """Integers may stand for real numbers, so a case must show what is lost if they may not."""
    targets = [as_tuple(exercise.solution(*case)) for case in exercise.cases]
    for parts in zip(*targets, strict=True):
        parts = [np.asarray(part) for part in parts]
        if parts[0].dtype.kind == "f":
            assert any((part != np.round(part)).any() for part in parts)


def test_a_mistake_is_recognised_whatever_its_type():
    exercise = EXERCISES["lesson_01.model_input"]
    verdict = exercise(lambda image, s, z: np.clip(np.round(image / s), -128, 127))
    assert verdict.mistake == "input_without_zero_point"


def test_what_is_only_near_a_mistake_is_not_named_after_it():
    exercise = EXERCISES["lesson_03.narrow_scale"]
    (mistake,) = (m for m in exercise.mistakes if m.name == "all_steps")
    assert exercise(mistake).mistake == "all_steps"
    assert exercise(lambda w, bits: 1.005 * mistake(w, bits)).mistake is None


def test_verdicts_say_what_happened():
    exercise = Exercise("Halve", lambda x: x / 2, [(np.arange(8.0),)])
    assert "not written yet" in exercise(unfinished).text
    assert "your function raised ZeroDivisionError: division by zero" in exercise(failing).text
    assert "nothing came back" in exercise(lambda x: None).text
    assert "expected shape (8,), yours one number" in exercise(lambda x: 1.0).text
    assert "For x = array of shape (8,): 0, 1, 2, 3, 4, 5, ..." in exercise(lambda x: 1.0).text
    table = exercise(lambda x: 3 * x).text
    assert "7 of 8 values differ, the first at index 1; where they differ:" in table
    assert "expected 0.5, 1, 1.5, 2, 2.5, 3, ..." in table
    whole = Exercise("Whole", lambda x: x.astype(int), [(np.arange(3.0),)])
    assert "right, but float64; expected whole numbers" in whole(lambda x: x).text
    exact = Exercise("Exact", lambda x: np.int8(x), [(3,)], dtype="int8")
    assert "right, but int64; expected int8" in exact(lambda x: x).text
    assert exact(np.int8).passed
    assert "your function raised SystemExit: 3" in exact(sys.exit).text
    close = Exercise("Close", lambda x: 0.1, [(1,)], tolerance=1e-12)
    assert "expected 0.1\n  yours    0.100000001" in close(lambda x: 0.1 + 1e-9).text
    pair = Exercise("Pair", lambda x: (x, 1), [(2.0,)])
    assert "expected a tuple of 2 values" in pair(lambda x: x).text
    assert "value 2" in pair(lambda x: (x, 1.0)).text


def test_solutions_read_as_functions_of_named_arguments():
    for name, exercise in EXERCISES.items():
        signature = inspect.signature(exercise.solution)
        assert len(signature.parameters) == len(exercise.cases[0]), name


@pytest.mark.parametrize(("name", "answer"), ALSO_RIGHT)
def test_other_right_answers_pass(name, answer):
    verdict = EXERCISES[name](answer)
    assert verdict.passed, verdict
