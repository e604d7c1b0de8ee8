"""Arguments that are words, lists of words, or True and False: what is none is refused."""

import numpy as np
import pytest

from qnn_edu.core.check import flag, is_choice, words

STRANGE = [None, 3, 0.5, b"a", np.zeros(3), [None], {}, ..., np.array(["a"])]


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_what_is_no_word_is_no_choice(value):
    assert not is_choice(value, ("a", "b"))


def test_a_word_is_a_choice_if_it_is_among_them():
    assert is_choice("a", {"a": 1}) and not is_choice("c", ("a", "b"))


@pytest.mark.parametrize("value", [True, False, np.True_])
def test_a_flag_is_true_or_false(value):
    assert flag("keep", value) is bool(value)


@pytest.mark.parametrize("value", [*STRANGE, 1, "True"], ids=repr)
def test_what_only_counts_as_true_is_no_flag(value):
    with pytest.raises(ValueError, match="keep must be True or False, got"):
        flag("keep", value)


def test_words_are_a_tuple_of_whatever_holds_them():
    assert words("names", (name for name in "ab")) == words("names", ["a", "b"]) == ("a", "b")
    assert words("names", ()) == ()


@pytest.mark.parametrize("value", ["a", b"a", 3, None, [None], [1], np.zeros(2)], ids=repr)
def test_what_holds_no_words_is_refused(value):
    with pytest.raises(ValueError, match="names must be a list of names"):
        words("names", value)
