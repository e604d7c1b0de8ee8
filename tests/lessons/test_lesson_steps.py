"""Checks know what went wrong: they name most wrong answers, and none for what it does not do.

`answers` were written before anything could name them, and every third of them was looked at only
to be counted. `drawn` gives arguments that no case has.
"""

import copy
import pkgutil
from functools import partial
from importlib import import_module

import numpy as np
import pytest

import qnn_edu.lessons
from qnn_edu.lessons.exercise import Exercise, happened
from qnn_edu.lessons.steps import limits, rounding
from qnn_edu.lessons.steps.changes import changes
from qnn_edu.lessons.steps.find import quiet
from qnn_edu.lessons.steps.kinds import KINDS
from qnn_edu.lessons.steps.outcomes import Outcomes
from qnn_edu.lessons.steps.solution import Solution
from tests.calls import at_most
from tests.lessons import drawn

LESSONS = [
    module.name
    for module in pkgutil.iter_modules(qnn_edu.lessons.__path__)
    if module.name.startswith("lesson_")
]
EXERCISES = {
    f"{lesson}.{name}": getattr(import_module(f"qnn_edu.lessons.{lesson}"), name)
    for lesson in LESSONS
    for name in import_module(f"qnn_edu.lessons.{lesson}").__all__
}
HELD_OUT = slice(2, None, 3)
each_exercise = pytest.mark.parametrize(
    ("name", "exercise"), EXERCISES.items(), ids=EXERCISES.keys()
)


def wrong_answers(name):
    lesson, exercise = name.split(".")
    return getattr(import_module(f"tests.lessons.answers.{lesson}"), exercise)["wrong"]


def outcomes(function, cases, tolerance=0.0):
    """Of a reader's function, which may write into its arguments."""
    return Outcomes(lambda *case: function(*copy.deepcopy(case)), cases, tolerance)


def arguments(name, count, seed=1):
    rng = np.random.default_rng(seed)
    return [getattr(drawn, name.split(".")[1])(rng) for _ in range(count)]


def agree_where_both_answer(one, other):
    """What an answer would give where it fails nobody knows."""
    one.order = [i for i in one.order if not isinstance(one[i], type)]
    return one.agree(other)


@pytest.fixture(scope="module")
def named():
    """For each exercise what is found of each answer with wrong numbers; None for the others."""
    return {
        name: list(map(partial(found, exercise), wrong_answers(name)))
        for name, exercise in EXERCISES.items()
    }


def found(exercise, answer):
    with quiet():
        theirs = outcomes(answer, exercise.cases, exercise.tolerance)
        if not theirs.apart_from(exercise.finder.right):
            return None
        verdict = exercise(answer)  # numpy's warnings stop no reader, as they would this test
    what = exercise.finder.find(theirs)
    assert not verdict.passed and verdict.mistake == what.name
    return what


@pytest.mark.slow
@each_exercise
def test_most_wrong_answers_are_named(named, name, exercise):
    known = [bool(what.name) for what in named[name] if what]
    assert len(known) >= 15 and np.mean(known) >= 0.7


@pytest.mark.slow
def test_most_of_those_held_out_are_named(named):
    known = [bool(what.name) for found in named.values() for what in found[HELD_OUT] if what]
    assert len(known) > 300 and np.mean(known) >= 0.8


@pytest.mark.slow
@each_exercise
def test_what_is_named_is_what_the_answer_does(named, name, exercise):
    """To the reader's function and to the one that errs as named, all arguments are the same."""
    cases = arguments(name, 60)
    with quiet():
        for answer, what in zip(wrong_answers(name), named[name], strict=True):
            if what and what.name:
                theirs = outcomes(answer, cases, tolerance=4e-6)
                assert agree_where_both_answer(theirs, Outcomes(what, cases)), what.name
                assert len(theirs.order) >= 10


@pytest.mark.slow
@each_exercise
def test_a_single_change_is_named(name, exercise):
    """Or one that gives the same: of all that can go wrong in the steps, fifty at random."""
    singles = [
        partial(form.solution.instead, [change.does])
        for form in exercise.finder.forms
        if not form.wrong and not form.derived
        for change in changes(form.solution.steps)
    ]
    rng = np.random.default_rng(2)
    for i in rng.permutation(len(singles))[:50]:
        with quiet():
            theirs = Outcomes(singles[i], exercise.cases, exercise.tolerance)
            wrong = theirs.apart_from(exercise.finder.right) and not theirs.constant
            verdict = exercise(singles[i])
        if wrong:
            assert verdict.mistake, name
            with quiet():
                assert theirs.agree(Outcomes(exercise.finder.find(theirs), exercise.cases))


@pytest.mark.slow
@each_exercise
def test_cases_tell_apart_what_is_not_the_same(name, exercise):
    """Of a hundred single changes one or two may look alike on the cases and differ elsewhere."""
    cases, finder = arguments(name, 40, seed=5), exercise.finder
    alike, confused = {}, []
    with quiet():
        known = [(finder.right, Outcomes(exercise.solution, cases, 4e-6))]
        for form, change in finder.singles():
            function = partial(form.solution.instead, [change.does])
            here = Outcomes(function, exercise.cases, exercise.tolerance)
            there = Outcomes(function, cases, 4e-6)
            if isinstance(here[0], type):
                continue
            group = alike.setdefault(
                here.hint, list(known) if here.hint == known[0][0].hint else []
            )
            same = next((other for twin, other in group if twin.agree(here)), None)
            if same is None:
                group.append((here, there))
            elif not agree_where_both_answer(there, same):
                confused.append(change.name)
    assert len(confused) <= 0.03 * len(finder.singles()), confused


@each_exercise
def test_a_solution_read_as_steps_is_the_same_function(name, exercise):
    for function in (exercise.solution, *exercise.also):
        read = Solution(function, KINDS.keys())
        right = Outcomes(exercise.solution, [*exercise.cases, *arguments(name, 20)], 1e-9)
        assert right.are_given_by(read) and right.are_given_by(function)


@pytest.mark.slow
@each_exercise
def test_an_answer_that_nobody_can_name_is_given_up_in_a_blink(name, exercise):
    """At most 1.5 million calls: 0.4 s on an idle core, and the same number on a busy one."""
    fresh = Exercise(
        exercise.title,
        exercise.solution,
        exercise.cases,
        exercise.mistakes,
        tolerance=exercise.tolerance,
        also=exercise.also,
        pairs=exercise.pairs,
    )
    with at_most(1_500_000):
        verdict = fresh(partial(beyond_all_words, exercise.solution))
    assert not verdict.passed and verdict.mistake is None


def beyond_all_words(solution, *case):
    def changed(result):
        if isinstance(result, tuple):
            return tuple(map(changed, result))
        return None if result is None else np.asarray(result) * 1.37 + 0.0123

    return changed(solution(*case))


def test_two_mistakes_are_told_one_by_one():
    exercise = EXERCISES["lesson_01.model_input"]
    verdict = exercise(lambda x, s, z: np.clip(np.floor(x / s) - z, -128, 127).astype(np.int8))
    floor, minus = verdict.text.splitlines()[1:3]
    assert floor == "  1. rounded down, always; the nearest may be the one above."
    assert minus == "  2. zero_point is subtracted; it has to be added."
    assert happened(["one."]) == " What happened: one."


def test_a_finding_comes_first_then_numbers_then_what_came_in():
    exercise = EXERCISES["lesson_04.calibrated"]
    text = exercise(lambda batches: (min(b.min() for b in batches), 0.0)).text
    assert "What happened" in text.splitlines()[0] or text.splitlines()[1].startswith("  1.")
    assert text.splitlines()[-1].startswith("For batches = [")
    assert max(map(len, text.splitlines())) < 300


def test_float32_is_right_and_a_thousandth_is_not():
    exercise = EXERCISES["lesson_06.straight_through"]
    assert exercise(lambda *case: exercise.solution(*case).astype(np.float32)).passed
    assert not exercise(lambda *case: exercise.solution(*case) * 1.001).passed


def test_what_is_right_where_an_answer_fails_is_not_held_against_it():
    """Only three axes are known to it. What it gives is judged where it gives anything."""
    exercise = EXERCISES["lesson_03.channel_scales"]
    verdict = exercise(lambda w, axis: np.abs(w).max(axis=(1, 2, 3)) / 127)
    assert verdict.mistake == "first_axis"


def test_nothing_is_named_that_is_the_same_whatever_comes_in():
    for name, exercise in EXERCISES.items():
        assert exercise(lambda *case: 0).mistake is None, name
        assert exercise(lambda *case: 3).mistake is None or "3" in exercise(lambda *c: 3).mistake


@pytest.mark.parametrize(
    ("ways", "right", "operands"),
    [
        (limits.CLIP, np.clip, (np.arange(-20, 21) / 2, -5, 3)),
        (rounding.ROUNDING, np.sin, (np.arange(-20, 21) / 8,)),  # any of them may be the right one
    ],
    ids=["clip", "round"],
)
def test_no_two_ways_of_a_step_give_the_same(ways, right, operands):
    results = [tuple(does(*operands)) for does in (right, *(way.does for way in ways))]
    assert len(set(results)) == len(results)
