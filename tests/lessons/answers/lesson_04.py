"""Other answers to the exercises of lesson 04, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import math

import numpy as np


def share(made, inherited, total=np.sum):
    return total(made**2) / (total(made**2) + total(inherited**2))


def walked_back(sqnr_db, share, broken, most):
    """Lesson 04's walk, with another idea of what is broken, or of most of an error."""
    if not broken(sqnr_db).any():
        return None
    k = int(np.argmax(broken(sqnr_db)))
    while k > 0 and not most(share[k]):
        k -= 1
    return k


input_params = {
    "right": [
        lambda mean, std: [1.0 / std, np.int32(round(mean))],
        lambda mean, std: (1 / std, round(mean)),
        lambda mean, std: (1 / std, int(mean + 0.5)),
        lambda mean, std: (np.float32(1) / np.float32(std), int(np.rint(mean))),
        lambda mean, std: (std**-1, math.floor(mean + 0.5)),
        lambda mean, std: np.array([1 / std, int(np.round(mean))]),
    ],
    "wrong": [
        lambda mean, std: (1 / std, 128),
        lambda mean, std: (1 / std, round(mean / std)),
        lambda mean, std: (mean / std, int(mean)),
        lambda mean, std: (1 / std, mean),
        lambda mean, std: (2 / 255, int(mean)),
        lambda mean, std: (1 / std, int(mean)),  # NEAR
        lambda mean, std: (1 / std, math.ceil(mean)),
        lambda mean, std: (std, round(mean)),
        lambda mean, std: (std, int(mean)),
        lambda mean, std: (1 / std, -round(mean)),
        lambda mean, std: (1 / std, round(-mean / std)),
        lambda mean, std: (round(mean), 1 / std),
        lambda mean, std: (1 / std, 0),
        lambda mean, std: (1 / 255, round(mean)),
        lambda mean, std: (1 / mean if mean else 0.0, round(std)),
        lambda mean, std: (mean, round(1 / std)),
        lambda mean, std: (1 / std, round(mean) - 128),
        lambda mean, std: (1 / std, round(255 - mean)),
        lambda mean, std: (1 / std, round(mean * std)),
        lambda mean, std: (255 / std, round(mean)),
        lambda mean, std: (1 / std**2, round(mean)),
        lambda mean, std: (1 / math.sqrt(std), round(mean)),
        lambda mean, std: (1 / (2 * std), round(mean)),
        lambda mean, std: (-1 / std, round(mean)),
    ],
}


def value_by_value(batches):
    lo = hi = 0.0
    for batch in batches:
        for value in batch.ravel():
            if value < lo:
                lo = value
            if value > hi:
                hi = value
    return lo, hi


def never_from_zero(batches):
    lo, hi = float("inf"), float("-inf")
    for batch in batches:
        lo = min(lo, batch.min())
        hi = max(hi, batch.max())
    return lo, hi


def overwrites(batches):
    for batch in batches:
        lo = min(0.0, batch.min())
        hi = max(0.0, batch.max())
    return lo, hi


def zero_inside_hi(batches):
    lo = min(b.min() for b in batches)
    hi = max(b.max() for b in batches)
    if lo > 0:
        lo = 0.0
    return lo, hi


def shifted_to_zero(batches):
    lo = min(b.min() for b in batches)
    hi = max(b.max() for b in batches)
    if lo > 0:
        lo, hi = 0.0, hi - lo
    elif hi < 0:
        lo, hi = lo - hi, 0.0
    return lo, hi


def moving(batches):
    lo, hi = batches[0].min(), batches[0].max()
    for b in batches[1:]:
        lo = 0.9 * lo + 0.1 * b.min()
        hi = 0.9 * hi + 0.1 * b.max()
    return min(lo, 0), max(hi, 0)


calibrated = {
    "right": [
        lambda batches: (
            min(0, min(b.min() for b in batches)),
            max(0, max(b.max() for b in batches)),
        ),
        value_by_value,
        lambda batches: [
            np.concatenate([[0.0], *(b.ravel() for b in batches)]).min(),
            np.concatenate([[0.0], *(b.ravel() for b in batches)]).max(),
        ],
        lambda batches: np.array(
            [
                min(np.min(b.astype(np.float32)) for b in [*batches, np.zeros(1)]),
                max(np.max(b.astype(np.float32)) for b in [*batches, np.zeros(1)]),
            ]
        ),
        lambda batches: (
            float(np.minimum(0, np.min([np.min(b) for b in batches]))),
            float(np.maximum(0, np.max([np.max(b) for b in batches]))),
        ),
        lambda batches: (
            -max(0, *(-b.min() for b in batches)),
            -min(0, *(-b.max() for b in batches)),
        ),
    ],
    "wrong": [
        lambda batches: (min(0.0, *map(min, batches)), max(0.0, *map(max, batches))),  # NEAR
        lambda batches: (0.0, max(0.0, *(b.max() for b in batches))),
        lambda batches: (
            min(0.0, *(b.min() for b in batches)),
            max(b.max() for b in batches),
        ),
        lambda batches: tuple(np.percentile(np.concatenate([b.ravel() for b in batches]), [1, 99])),
        lambda batches: (
            max(0.0, *(b.max() for b in batches)),
            min(0.0, *(b.min() for b in batches)),
        ),
        never_from_zero,
        overwrites,
        zero_inside_hi,
        shifted_to_zero,
        moving,
        lambda batches: (batches[0].min(), batches[0].max()),
        lambda batches: (batches[-1].min(), batches[-1].max()),
        lambda batches: (
            np.mean([b.min() for b in batches]),
            np.mean([b.max() for b in batches]),
        ),
        lambda batches: (
            min(0, np.mean([b.min() for b in batches])),
            max(0, np.mean([b.max() for b in batches])),
        ),
        lambda batches: (
            -max(np.abs(b).max() for b in batches),
            max(np.abs(b).max() for b in batches),
        ),
        lambda batches: (
            max(0.0, *(b.min() for b in batches)),
            min(0.0, *(b.max() for b in batches)),
        ),
        lambda batches: (
            max(b.min() for b in batches),
            min(b.max() for b in batches),
        ),
        lambda batches: (
            min(0.0, *(b.min() for b in batches)),
            max(0.0, *(np.abs(b).max() for b in batches)),
        ),
        lambda batches: (min(b.min() for b in batches), 0.0),
        lambda batches: (0.0, max(np.abs(b).max() for b in batches)),
        lambda batches: (
            np.mean([b.mean() - 3 * b.std() for b in batches]),
            np.mean([b.mean() + 3 * b.std() for b in batches]),
        ),
        lambda batches: (
            min(0.0, *(b.mean() for b in batches)),
            max(0.0, *(b.mean() for b in batches)),
        ),
        lambda batches: (
            np.median([b.min() for b in batches]),
            np.median([b.max() for b in batches]),
        ),
        lambda batches: (
            min(0.0, *(b.min() for b in batches[1:])),
            max(0.0, *(b.max() for b in batches[1:])),
        ),
        lambda batches: (
            max(0.0, *(b.max() for b in batches)) - min(0.0, *(b.min() for b in batches))
        ),
    ],
}


def with_loops(y_float, y_came, y_int8):
    made = inherited = 0.0
    for a, b, c in zip(y_float.ravel(), y_came.ravel(), y_int8.ravel(), strict=True):
        made += (c - b) ** 2
        inherited += (b - a) ** 2
    return made / (made + inherited)


def by_row(y_float, y_came, y_int8):
    made = ((y_int8 - y_came) ** 2).sum(axis=-1)
    inherited = ((y_came - y_float) ** 2).sum(axis=-1)
    return made / (made + inherited)


share_made = {
    "right": [
        lambda y, came, q: 1 / (1 + np.square(came - y).mean() / np.square(q - came).mean()),
        with_loops,
        lambda y, came, q: share(
            np.float32(q) - np.float32(came), np.float32(came) - np.float32(y)
        ),
        lambda y, came, q: (
            np.linalg.norm(q - came) ** 2
            / (np.linalg.norm(q - came) ** 2 + np.linalg.norm(y - came) ** 2)
        ),
        lambda y, came, q: 1 - share(came - y, q - came),
        lambda y, came, q: np.array([share(came - q, y - came)])[0],
        lambda y, came, q: (
            np.vdot(q - came, q - came)
            / (np.vdot(q - came, q - came) + np.vdot(came - y, came - y))
        ),
    ],
    "wrong": [
        lambda y, came, q: share(q - came - np.mean(q - came), came - y - np.mean(came - y)),
        lambda y, came, q: share(q - y, came - y),
        lambda y, came, q: np.sum((q - came) ** 2) / np.sum((came - y) ** 2),
        lambda y, came, q: np.sum((q - came) ** 2) / np.sum(y**2),
        lambda y, came, q: share(q - came, came - y, total=sum),  # NEAR
        lambda y, came, q: 100 * share(q - came, came - y),
        by_row,
        lambda y, came, q: share(came - y, q - came),
        lambda y, came, q: share(q - came, q - y),
        lambda y, came, q: np.sum((q - came) ** 2) / np.sum((q - y) ** 2),
        lambda y, came, q: (
            np.abs(q - came).sum() / (np.abs(q - came).sum() + np.abs(came - y).sum())
        ),
        lambda y, came, q: (
            np.linalg.norm(q - came) / (np.linalg.norm(q - came) + np.linalg.norm(came - y))
        ),
        lambda y, came, q: np.sum(q - came) ** 2 / (np.sum(q - came) ** 2 + np.sum(came - y) ** 2),
        lambda y, came, q: np.sum(q - came) / (np.sum(q - came) + np.sum(came - y)),
        lambda y, came, q: np.sum((q - came) ** 2),
        lambda y, came, q: np.sum((came - y) ** 2) / np.sum((q - came) ** 2),
        lambda y, came, q: np.sum((q - y) ** 2) / np.sum((q - came) ** 2),
        lambda y, came, q: np.sum(q**2 - came**2) / np.sum(q**2 - y**2),
        lambda y, came, q: (
            np.max((q - came) ** 2) / (np.max((q - came) ** 2) + np.max((came - y) ** 2))
        ),
        lambda y, came, q: np.var(q - came) / (np.var(q - came) + np.var(came - y)),
        lambda y, came, q: np.sqrt(share(q - came, came - y)),
        lambda y, came, q: np.mean((q - came) ** 2 / ((q - came) ** 2 + (came - y) ** 2)),
        lambda y, came, q: 10 * np.log10(np.sum((q - came) ** 2) / np.sum((came - y) ** 2)),
        lambda y, came, q: share(q + came, came + y),
        lambda y, came, q: share(q, came),
        lambda y, came, q: share(came - y, q - y),
        lambda y, came, q: np.abs(q - came).max() / np.abs(q - y).max(),
    ],
}


def looks_for_both(sqnr_db, share_made):
    for k in range(len(sqnr_db)):
        if sqnr_db[k] < 10:
            while k and share_made[k] <= 0.5:
                k -= 1
            return k
    return None


def from_the_break_backwards(sqnr_db, share_made):
    broken = [k for k, db in enumerate(sqnr_db) if db < 10]
    if not broken:
        return None
    for k in range(broken[0], -1, -1):
        if share_made[k] > 0.5:
            return k
    return 0


def forwards_from_the_break(sqnr_db, share_made):
    broken = np.flatnonzero(sqnr_db < 10)
    if len(broken) == 0:
        return None
    k = broken[0]
    while k < len(share_made) - 1 and share_made[k] <= 0.5:
        k += 1
    return int(k)


def last_broken(sqnr_db, share_made):
    broken = np.flatnonzero(sqnr_db < 10)
    if len(broken) == 0:
        return None
    k = int(broken[-1])
    while k and share_made[k] <= 0.5:
        k -= 1
    return k


def healthy_is_last(sqnr_db, share_made):
    k = int(np.argmax(sqnr_db < 10))
    while share_made[k] <= 0.5:
        k -= 1
    return k


def healthy_is_first(sqnr_db, share_made):
    k = int(np.argmax(sqnr_db < 10))
    while k > 0 and share_made[k] <= 0.5:
        k -= 1
    return k


def both_at_once(sqnr_db, share_made):
    found = np.flatnonzero((sqnr_db < 10) & (share_made > 0.5))
    return int(found[0]) if len(found) else None


def first_above_ten(sqnr_db, share_made):
    k = int(np.argmax(sqnr_db > 10))
    while k > 0 and share_made[k] <= 0.5:
        k -= 1
    return k


def largest_share_up_to_the_break(sqnr_db, share_made):
    if not (sqnr_db < 10).any():
        return None
    k = int(np.argmax(sqnr_db < 10))
    return int(np.argmax(share_made[: k + 1]))


def a_step_too_far(sqnr_db, share_made):
    k = from_the_break_backwards(sqnr_db, share_made)
    return k if not k else k - 1


def counts_from_one(sqnr_db, share_made):
    k = from_the_break_backwards(sqnr_db, share_made)
    return None if k is None else k + 1


def starts_before_the_break(sqnr_db, share_made):
    if not (sqnr_db < 10).any():
        return None
    k = int(np.argmax(sqnr_db < 10)) - 1
    while k > 0 and share_made[k] <= 0.5:
        k -= 1
    return k


def walks_while_it_made_most(sqnr_db, share_made):
    if not (sqnr_db < 10).any():
        return None
    k = int(np.argmax(sqnr_db < 10))
    while k > 0 and share_made[k] > 0.5:
        k -= 1
    return k


def steepest_fall(sqnr_db, share_made):
    if not (sqnr_db < 10).any():
        return None
    return int(np.argmin(np.diff(sqnr_db))) + 1


layer_to_free = {
    "right": [
        lambda sqnr, made: (
            max([k for k in range(np.flatnonzero(sqnr < 10)[0] + 1) if made[k] > 0.5], default=0)
            if (sqnr < 10).any()
            else None
        ),
        looks_for_both,
        from_the_break_backwards,
        lambda db, made: walked_back(db, made, lambda v: v < 10, lambda v: v > 0.5),
        lambda db, made: walked_back(db, made, lambda v: 10 - v > 0, lambda v: not v <= 0.5),
        lambda db, made: (
            np.int64(walked_back(db, made, lambda v: v < 10, lambda v: v > 0.5))
            if min(db) < 10
            else None
        ),
    ],
    "wrong": [
        lambda db, made: walked_back(db, made, lambda v: v <= 10, lambda v: v > 0.5),  # NEAR
        lambda db, made: walked_back(db, made, lambda v: v < 9, lambda v: v > 0.5),  # NEAR
        lambda db, made: walked_back(db, made, lambda v: v < 11, lambda v: v > 0.5),  # NEAR
        lambda db, made: walked_back(db, made, lambda v: v < 10, lambda v: v >= 0.5),  # NEAR
        lambda db, made: walked_back(db, made, lambda v: v < 10, lambda v: v > 0.9),
        lambda db, made: walked_back(db, made, lambda v: v < 20, lambda v: v > 0.5),
        lambda db, made: walked_back(db, made, lambda v: v < 10, lambda v: v > 0.5) + 1,
        forwards_from_the_break,
        last_broken,
        healthy_is_last,
        healthy_is_first,
        both_at_once,
        first_above_ten,
        largest_share_up_to_the_break,
        a_step_too_far,
        counts_from_one,
        starts_before_the_break,
        walks_while_it_made_most,
        steepest_fall,
        lambda db, made: int(np.argmax(db < 10)),
        lambda db, made: int(np.argmin(db)),
        lambda db, made: int(np.argmax(made)),
        lambda db, made: int(np.argmin(made)),
        lambda db, made: int(np.argmax(made > 0.5)),
        lambda db, made: int(np.flatnonzero(made > 0.5)[-1]),
        lambda db, made: int(np.argmax(db < 10)) - 1,
        lambda db, made: db[walked_back(db, made, lambda v: v < 10, lambda v: v > 0.5) or 0],
    ],
}
