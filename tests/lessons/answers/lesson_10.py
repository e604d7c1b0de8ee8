"""Other answers to the exercises of lesson 10, in their order."""

import math

import numpy as np


def interval(share, count, errors=2.0):
    error = errors * math.sqrt(share * (1 - share) / count)
    return 100 * max(0.0, share - error), 100 * min(1.0, share + error)


chance = {
    "right": [
        lambda right, count: interval((right + 2) / (count + 4), count + 4),
        lambda right, count: np.clip(
            100
            * (
                (right + 2) / (count + 4)
                + np.array([-2, 2]) * np.sqrt((right + 2) * (count - right + 2) / (count + 4) ** 3)
            ),
            0,
            100,
        ),
        lambda right, count: [
            100 - interval((count - right + 2) / (count + 4), count + 4)[k] for k in (1, 0)
        ],
    ],
    "wrong": [
        lambda right, count: interval(right / count, count),
        lambda right, count: interval((right + 2) / (count + 4), count + 4, 1.96),
        lambda right, count: interval((right + 1) / (count + 2), count + 2),
        lambda right, count: interval((right + 4) / (count + 4), count + 4),
        lambda right, count: interval((right + 2) / (count + 4), count + 4, 3),
        lambda right, count: interval((right + 2) / (count + 4), count + 4)[::-1],
        lambda right, count: tuple(np.array(interval((right + 2) / (count + 4), count + 4)) / 100),
        lambda right, count: interval((right + 2) / (count + 4), count + 4)[0],
        lambda right, count: interval((right + 2) / (count + 4), count + 4, 1),
        lambda right, count: interval((right + 2) / (count + 2), count + 2),
        lambda right, count: interval((right + 2) / (count + 4), count),
        lambda right, count: interval(right / (count + 4), count + 4),
        lambda right, count: interval((right + 2) / (count + 4), count + 2),
        lambda right, count: interval((right + 2) / (count + 4), (count + 4) ** 2),
        lambda right, count: interval((right + 2) / (count + 4), 1),
        lambda right, count: interval((right + 2) / (count + 4), count + 4, 4),
        lambda right, count: interval((right + 2) / (count + 4), count + 4, 0.5),
        lambda right, count: interval((right + 2) / (count + 4), count + 3),
        lambda right, count: interval((right + 1) / (count + 4), count + 4),
        lambda right, count: interval((right + 3) / (count + 4), count + 4),
    ],
}


def one_by_one(images):
    sizes = [float(np.abs(image).max()) for image in images]
    middle = sorted(sizes)
    n = len(sizes)
    median = (middle[(n - 1) // 2] + middle[n // 2]) / 2
    return [k for k, size in enumerate(sizes) if not median / 4 <= size <= 4 * median]


def with_limits(images, low, high, average=np.median):
    sizes = np.abs(images).reshape(len(images), -1).max(axis=1)
    middle = average(sizes)
    return np.flatnonzero((sizes > high * middle) | (sizes < low * middle))


odd_ones = {
    "right": [
        one_by_one,
        lambda images: with_limits(images, 0.25, 4),
        lambda images: np.nonzero(
            np.abs(
                np.log2((s := np.abs(images).max(axis=tuple(range(1, images.ndim)))) / np.median(s))
            )
            > 2
        )[0],
    ],
    "wrong": [
        lambda images: with_limits(images, 0.25, 4, np.mean),
        lambda images: with_limits(images, 0, 4),
        lambda images: len(with_limits(images, 0.25, 4)),
        lambda images: with_limits(images, 0.25, 4) + 1,
        lambda images: images[with_limits(images, 0.25, 4)],
        lambda images: with_limits(images, 0.25, 2),
        lambda images: with_limits(images, 0.5, 4),
        lambda images: with_limits(images, 0.25, 1e9),
        lambda images: with_limits(images, 0, 4, np.mean),
        lambda images: with_limits(np.maximum(images, 0), 0.25, 4),
        lambda images: np.setdiff1d(np.arange(len(images)), with_limits(images, 0.25, 4)),
        lambda images: with_limits(images**2, 0.25, 4),
        lambda images: with_limits(images, 0.25, 3),
        lambda images: with_limits(images, 0.25, 5),
        lambda images: with_limits(images, 1 / 3, 4),
        lambda images: with_limits(images, 0.2, 4),
        lambda images: with_limits(images, 0.25, 1),
        lambda images: with_limits(images, 1, 4),
    ],
}


def decibels(real, got):
    rows, errors = (a.reshape(-1, real.shape[-1]) for a in (real, got - real))
    there = np.abs(rows).max(axis=0) > 0
    return 10 * np.log10(
        np.sum(rows[:, there] ** 2, axis=0) / np.sum(errors[:, there] ** 2, axis=0)
    )


worst_channel = {
    "right": [
        lambda real, got: decibels(real, got).min(),
        lambda real, got: sorted(decibels(real, got))[0],
        lambda real, got: min(
            20 * np.log10(np.linalg.norm(a) / np.linalg.norm(b - a))
            for a, b in ((real[..., k].ravel(), got[..., k].ravel()) for k in range(real.shape[-1]))
            if a.any()
        ),
    ],
    "wrong": [
        lambda real, got: decibels(real, got).mean(),
        lambda real, got: np.median(decibels(real, got)),
        lambda real, got: decibels(real, got).max(),
        lambda real, got: decibels(real, got),
        lambda real, got: int(decibels(real, got).argmin()),
        lambda real, got: decibels(got, real).min(),
        lambda real, got: -decibels(real, got).min(),
        lambda real, got: decibels(real, got).min() / 10 * np.log(10),
        lambda real, got: 2 * decibels(real, got).min(),
        lambda real, got: decibels(real, got).min() / 10,
        lambda real, got: 10 ** (decibels(real, got).min() / 10),
        lambda real, got: 5 * np.log10(10) * decibels(real, got).min() / 10,
        lambda real, got: 10 * np.log10(np.sum(real**2) / np.sum((got - real) ** 2)),
        lambda real, got: 10 * np.log10(np.sum((got - real) ** 2) / np.sum(real**2)),
        lambda real, got: decibels(real, got).max() - decibels(real, got).min(),
        lambda real, got: decibels(real, real + np.abs(got - real).mean()).min(),
        lambda real, got: decibels(real, got)[0],
        lambda real, got: decibels(real, got)[-1],
        lambda real, got: decibels(np.moveaxis(real, 0, -1), np.moveaxis(got, 0, -1)).min(),
        lambda real, got: 10 * np.log(10 ** (decibels(real, got).min() / 10)),
    ],
}


def while_above(noise, limit):
    rest, freed = dict(enumerate(noise.tolist())), []
    while sum(rest.values()) > limit:
        k = max(rest, key=rest.get)
        del rest[k]
        freed.append(k)
    return freed


def by_sums(noise, limit):
    order = np.argsort(-noise)
    left = noise.sum() - np.concatenate([[0], np.cumsum(noise[order])])
    return order[: int(np.argmax(left <= limit))].tolist()


def recursive(noise, limit):
    if noise.sum() <= limit:
        return []
    k = int(noise.argmax())
    return [k, *recursive(np.where(np.arange(len(noise)) == k, 0, noise), limit)]


def remaining(noise):
    return np.cumsum(np.sort(noise))[::-1]


def in_this_order(order, noise, limit):
    left, freed = noise.sum(), []
    for k in order.tolist():
        if left > limit:
            left -= noise[k]
            freed.append(k)
    return freed


def until_removed(noise, limit):
    removed, freed = 0.0, []
    for k in np.argsort(-noise).tolist():
        if removed < limit:
            removed += noise[k]
            freed.append(k)
    return freed


to_free = {
    "right": [while_above, by_sums, recursive],
    "wrong": [
        lambda noise, limit: while_above(noise, limit / 2),
        lambda noise, limit: while_above(noise, 2 * limit),
        lambda noise, limit: sorted(while_above(noise, limit)),
        lambda noise, limit: len(while_above(noise, limit)),
        lambda noise, limit: while_above(noise, limit)[::-1],
        lambda noise, limit: np.argsort(-noise).tolist(),
        lambda noise, limit: while_above(noise, limit)[:-1],
        lambda noise, limit: in_this_order(np.argsort(noise), noise, limit),
        lambda noise, limit: in_this_order(np.arange(len(noise)), noise, limit),
        lambda noise, limit: until_removed(noise, limit),
        lambda noise, limit: np.argsort(-noise)[remaining(noise) >= limit].tolist(),
        lambda noise, limit: np.argsort(-noise)[remaining(noise) < limit].tolist(),
        lambda noise, limit: [k + 1 for k in while_above(noise, limit)],
        lambda noise, limit: [k - 1 for k in while_above(noise, limit)],
        lambda noise, limit: while_above(noise, limit)[:1],
        lambda noise, limit: while_above(noise, limit)[1:],
        lambda noise, limit: np.argsort(-noise)[: len(while_above(noise, limit)) + 1].tolist(),
        lambda noise, limit: np.argsort(-noise)[len(while_above(noise, limit)) :].tolist(),
        lambda noise, limit: np.argsort(-noise)[np.sort(noise)[::-1] > limit].tolist(),
    ],
}
