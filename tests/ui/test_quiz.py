"""The quiz: predict, lock, try, reveal."""

import pytest

from qnn_edu.ui import quiz

CHOICES = {"255": "One step fewer than levels.", "256": "2 to the power of 8.", "257": "No clip."}


def make():
    return quiz("How many levels have `8` bits?", CHOICES, answer="256")


@pytest.mark.parametrize("choice", CHOICES)
def test_feedback_speaks_to_the_choice(choice):
    words = make().lock(choice).reveal()
    assert CHOICES[choice] in words
    assert words.startswith("Right.") == (choice == "256")
    assert (choice == "256") or "The answer is: 256." in words


def test_buttons_do_what_the_methods_do():
    q = make()
    assert q._lock.disabled and q._reveal.disabled
    q._options.value = "257"
    assert not q._lock.disabled
    q._lock.click()
    assert q.choice == "257" and q._options.disabled and q._lock.disabled
    q._reveal.click()
    assert "Not quite. No clip." in q._words.value


def test_nothing_is_revealed_before_a_choice_and_no_choice_is_taken_back():
    q = make()
    with pytest.raises(ValueError, match="Lock in a choice first"):
        q.reveal()
    with pytest.raises(ValueError, match="no choice '12'"):
        q.lock("12")
    with pytest.raises(ValueError, match="'255' is locked in"):
        q.lock("255").lock("256")


def test_a_saved_notebook_asks_and_does_not_tell():
    bundle = make().lock("257")._repr_mimebundle_()
    assert bundle["text/plain"] == make()._repr_mimebundle_()["text/plain"]
    assert "- 257" in bundle["text/markdown"]
    assert not any(feedback in str(bundle) for feedback in CHOICES.values())


@pytest.mark.parametrize(
    ("choices", "answer"),
    [({"a": "x", "b": "y"}, "c"), ({"a": "x"}, "a"), ({"a": "x", "b": " "}, "a")],
)
def test_quizzes_without_a_point_are_refused(choices, answer):
    with pytest.raises(ValueError, match="two choices or more"):
        quiz("?", choices, answer=answer)
