"""Three descents of one weight: against TensorFlow's tape, and the claims of lesson 06."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu import fake_quant, params_from_range
from qnn_edu.nets import quiet
from qnn_edu.ui.numbers.straight_through import LEAST, METHODS, descend, seen, three, window

P = params_from_range(-6, 6, bits=2)  # levels -8, -4, 0, 4
WALK = {"rate": 0.3, "steps": 40}
TARGETS = st.floats(-9, 9)
STARTS = st.floats(-9, 9)


@given(STARTS, TARGETS)
def test_the_staircase_stands_still(start, target):
    walk = descend("staircase", P, start=start, target=target, **WALK)
    assert (walk.weight == start).all() and walk.weight.shape == (41,)
    assert (walk.value == fake_quant(start, P)).all() and (walk.scale == 4).all()


@pytest.mark.parametrize(("start", "target"), [(-3.0, 2.5), (1.0, 9.0), (-9.5, 0.3), (3.1, -5.0)])
def test_straight_through_walks_as_with_the_tape_of_tensorflow(start, target):
    tf = quiet.load_tensorflow()
    weight, walk = tf.Variable(start), []
    for _ in range(41):
        with tf.GradientTape() as tape:
            value = tf.quantization.fake_quant_with_min_max_vars(weight, -6.0, 6.0, 2)
            loss = (value - target) ** 2 / 2
        walk.append((weight.numpy(), value.numpy()))
        weight.assign_sub(0.3 * tape.gradient(loss, weight))
    ours = descend("straight-through", P, start=start, target=target, **WALK)
    np.testing.assert_allclose(np.transpose([ours.weight, ours.value]), walk, atol=1e-4)


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.4])
@pytest.mark.parametrize("target", [-6.3, -2.0, 0.7, 2.5])
def test_straight_through_swings_between_two_levels_and_its_mean_is_the_target(target, rate):
    options = {"start": -3.0, "target": target, "rate": rate, "steps": 1500}
    late = descend("straight-through", P, **options).value[500:]
    assert set(late) == {4 * np.floor(target / 4), 4 * np.ceil(target / 4)}
    assert late.mean() == pytest.approx(target, abs=0.02)


@pytest.mark.parametrize("target", [0.0, 4.0, -8.0])
def test_straight_through_rests_on_a_level_that_is_the_target(target):
    walk = descend("straight-through", P, start=-3.0, target=target, **WALK)
    assert (walk.value[-10:] == target).all() and walk.weight[-1] == walk.weight[-2]


@pytest.mark.parametrize("start", [-9.0, -3.0, 2.0, 8.0])
@pytest.mark.parametrize("target", [-7.0, -2.5, 1.0, 3.0, 6.0])
def test_the_levels_of_a_learned_step_move_to_the_target(start, target):
    """Unless the weight is outside of the range, on the side that the target is not on."""
    walk = descend("learned step", P, start=start, target=target, rate=0.2, steps=800)
    if P.lo <= start <= P.hi or start * target > 0:
        assert walk.value[-1] == pytest.approx(target, abs=0.02)
        levels = walk.scale[-1] * np.arange(-2, 2)
        assert np.abs(levels - walk.value[-1]).min() < 1e-5
    else:
        assert walk.weight[-1] == start and walk.scale[-1] == 4 * LEAST


def test_a_learned_step_never_shrinks_to_nothing():
    walk = descend("learned step", P, start=8.0, target=-9.0, rate=1.0, steps=40)
    assert walk.scale.min() == 4 * LEAST


def test_a_walk_is_cut_short_and_cannot_be_spoiled():
    walk = three(bits=3, reach=4, start=1, target=3, rate=0.1, steps=40)["learned step"]
    short = walk.until(7)
    assert [each.shape for each in (short.weight, short.scale, short.value)] == [(8,)] * 3
    with pytest.raises(ValueError, match="read-only"):
        walk.weight[0] = 9


@pytest.mark.parametrize("method", METHODS)
def test_the_window_shows_what_the_method_takes_for_the_slope(method):
    x = np.linspace(-10, 10, 101)
    found = window(method, P, x, here=1.0)
    passes = 0 if method == "staircase" else (x >= -8) & (x <= 4)
    np.testing.assert_array_equal(found["to_weight"], passes * np.ones(101))
    assert found["here"] == (method != "staircase")
    assert (found["to_step"] is None) == (method != "learned step")


def test_other_methods_are_refused():
    with pytest.raises(ValueError, match="There is no method 'STE'; choose one of staircase"):
        descend("STE", P, start=0.0, target=1.0, **WALK)


def test_a_level_that_only_moves_is_no_other_level():
    options = {"bits": 2, "reach": 6, "start": -3.0, "target": 2.5, "rate": 0.3, "steps": 40}
    walk = three(**options)["learned step"]
    assert np.count_nonzero(np.diff(walk.value)) > 30
    levels = np.floor(walk.weight / walk.scale + 0.5).clip(-2, 1)
    went = [k for k in range(1, 41) if levels[k] != levels[k - 1]]
    assert walk.changes_of_level().tolist() == went and len(went) < 10


@given(STARTS, TARGETS, st.floats(1, 9), st.integers(2, 4))
def test_axes_hold_the_range_the_start_and_the_target(start, target, reach, bits):
    p = params_from_range(-reach, reach, bits=bits)
    low, high = seen(p, start, target)
    assert low < min(p.lo, start, target) and max(p.hi, start, target) < high
    if p.lo <= min(start, target) and max(start, target) <= p.hi:
        assert (p.hi - p.lo) / (high - low) == pytest.approx(1 / 1.4)
