"""Other answers to the exercises of lesson 05, in their order.

NEAR marks what an earlier set of cases let through: right on those, and wrong in general.
"""

import math

import numpy as np


def both_ends(mean, std):
    ends = (np.array([0, 255]) - mean) / std
    return ends[0], ends[1]


image_range = {
    "right": [
        lambda mean, std: [np.float32(-mean / std), (255 - mean) / std],
        lambda mean, std: (np.array([0, 255]) - mean) / std,
        both_ends,
        lambda mean, std: (-mean / std, -mean / std + 255 / std),
        lambda mean, std: tuple((q - mean) / std for q in (0, 255)),
        lambda mean, std: (
            ((np.arange(256, dtype=np.float32) - np.float32(mean)) / np.float32(std)).min(),
            ((np.arange(256, dtype=np.float32) - np.float32(mean)) / np.float32(std)).max(),
        ),
    ],
    "wrong": [
        lambda mean, std: ((255 - mean) / std, (0 - mean) / std),
        lambda mean, std: (0.0, 255 / std),
        lambda mean, std: (-1.0, 1.0),
        lambda mean, std: ((1 - mean) / std, (255 - mean) / std),
        lambda mean, std: ((0 - mean) * std, (255 - mean) * std),
        lambda mean, std: (-mean / std, (256 - mean) / std),
        lambda mean, std: (-mean / std, mean / std),
        lambda mean, std: (mean / std, (255 - mean) / std),
        lambda mean, std: (mean / std, (255 + mean) / std),
        lambda mean, std: (-mean, 255 - mean),
        lambda mean, std: (-mean / std, 255 / std),
        lambda mean, std: ((-128 - mean) / std, (127 - mean) / std),
        lambda mean, std: (-128 / std, 127 / std),
        lambda mean, std: (0 - mean / std, 255 - mean / std),
        lambda mean, std: (0 / std - mean, 255 / std - mean),
        lambda mean, std: ((mean - 0) / std, (mean - 255) / std),
        lambda mean, std: (mean - std, mean + std),
        lambda mean, std: (-1 / std, 1 / std),
        lambda mean, std: (0, 1),
        lambda mean, std: (0 * std + mean, 255 * std + mean),
        lambda mean, std: (-mean / std, (127 - mean) / std),
        lambda mean, std: ((0 - std) / mean if mean else 0, (255 - std) / mean if mean else 1),
        lambda mean, std: (-mean / std**2, (255 - mean) / std**2),
        lambda mean, std: (-mean / std, (254 - mean) / std),
        lambda mean, std: (-max(mean, 255 - mean) / std, max(mean, 255 - mean) / std),
        lambda mean, std: (-mean / (255 * std), (255 - mean) / (255 * std)),
    ],
}


def one_bias_after_another(bias, image_scale, weight_scale):
    scales = np.broadcast_to(image_scale * np.asarray(weight_scale), bias.shape)
    return np.array([int(round(b / s)) for b, s in zip(bias, scales, strict=True)], dtype="int32")


def cut_one_after_another(bias, image_scale, weight_scale):
    scales = np.broadcast_to(image_scale * np.asarray(weight_scale), bias.shape)
    return np.array([int(b / s) for b, s in zip(bias, scales, strict=True)], dtype="int32")


stored_bias = {
    "right": [
        lambda b, x, w: np.int32([round(v) for v in b / x / w]),
        one_bias_after_another,
        lambda b, x, w: np.round(b / (x * w)).astype("int32"),
        lambda b, x, w: np.floor(b / (x * w) + 0.5).astype(np.int32),
        lambda b, x, w: np.int32(np.around((b / w) / x)),
        lambda b, x, w: np.trunc(b / (x * w) + np.copysign(0.5, b)).astype(np.int32),
    ],
    "wrong": [
        lambda b, x, w: np.rint(b / (x * w)).astype(np.int16),  # NEAR
        lambda b, x, w: np.rint(b / (x * w)).astype(np.int64),  # NEAR
        lambda b, x, w: np.floor(b / (x * w)).astype(np.int32),
        lambda b, x, w: np.rint(b / (x + w)).astype(np.int32),
        lambda b, x, w: np.rint(b / (x * np.max(w))).astype(np.int32),
        lambda b, x, w: np.rint(np.abs(b) / (x * w)).astype(np.int32),
        lambda b, x, w: np.rint(b / (x * w)) + 128,
        cut_one_after_another,
        lambda b, x, w: (b / (x * w)).astype(np.int32),
        lambda b, x, w: np.ceil(b / (x * w)).astype(np.int32),
        lambda b, x, w: np.rint(b / x).astype(np.int32),
        lambda b, x, w: np.rint(b / w).astype(np.int32),
        lambda b, x, w: np.rint(b * x * w).astype(np.int32),
        lambda b, x, w: np.rint(b / x * w).astype(np.int32),
        lambda b, x, w: np.rint(b * x / w).astype(np.int32),
        lambda b, x, w: np.clip(np.rint(b / (x * w)), -128, 127).astype(np.int32),
        lambda b, x, w: np.rint(b / (x * w)).astype(int).astype(np.int8).astype(np.int32),
        lambda b, x, w: np.rint(b / (np.abs(b).max() / 127)).astype(np.int32),
        lambda b, x, w: np.rint(b).astype(np.int32),
        lambda b, x, w: (np.rint(b) / (x * w)).astype(np.int32),
        lambda b, x, w: (x * w * np.rint(b / (x * w))).astype(np.float32),
        lambda b, x, w: np.rint(-b / (x * w)).astype(np.int32),
        lambda b, x, w: np.rint(x * w / b).astype(np.int32),
        lambda b, x, w: np.rint(b / (x * np.mean(w))).astype(np.int32),
        lambda b, x, w: (b / w).astype(np.int32),
        lambda b, x, w: np.floor(b / x).astype(np.int32),
        lambda b, x, w: np.clip(np.rint(b / (x * w)), -32768, 32767).astype(np.int32),
        lambda b, x, w: np.rint(b / (x * w) * 127).astype(np.int32),
    ],
}


def filter_by_filter(w):
    lo, hi = [], []
    for k in range(w.shape[-1]):
        a = max(abs(w[..., k].min()), abs(w[..., k].max()))
        lo.append(-a)
        hi.append(a)
    return np.array(lo), np.array(hi)


def filter_by_filter_as_they_are(w):
    lo, hi = [], []
    for k in range(w.shape[-1]):
        lo.append(w[..., k].min())
        hi.append(w[..., k].max())
    return np.array(lo), np.array(hi)


filter_ranges = {
    "right": [
        lambda w: [s * np.abs(w.reshape(-1, w.shape[-1])).max(axis=0) for s in (-1, 1)],
        filter_by_filter,
        lambda w: np.array([-np.abs(w).max(axis=(0, 1, 2)), np.abs(w).max(axis=(0, 1, 2))]),
        lambda w: (
            -np.maximum(w.max(axis=(0, 1, 2)), -w.min(axis=(0, 1, 2))),
            np.maximum(w.max(axis=(0, 1, 2)), -w.min(axis=(0, 1, 2))),
        ),
        lambda w: (
            (-np.abs(w).max(axis=(0, 1, 2))).tolist(),
            np.abs(w).max(axis=(0, 1, 2)).tolist(),
        ),
        lambda w: tuple(
            np.outer([-1, 1], np.abs(w.astype(np.float32)).reshape(-1, w.shape[3]).max(axis=0))
        ),
    ],
    "wrong": [
        lambda w: (np.abs(w).max(axis=(0, 1, 2)), -np.abs(w).max(axis=(0, 1, 2))),
        lambda w: np.abs(w).max(axis=(0, 1, 2)),
        lambda w: (-np.abs(w).max(axis=(1, 2, 3)), np.abs(w).max(axis=(1, 2, 3))),
        lambda w: tuple(s * np.abs(w).max(axis=(0, 1, 2), keepdims=True) for s in (-1, 1)),
        lambda w: tuple(s * np.abs(w).max(axis=(0, 1, 2)) / 127 for s in (-1, 1)),
        lambda w: (w.min(axis=(0, 1, 2)), -w.min(axis=(0, 1, 2))),
        filter_by_filter_as_they_are,
        lambda w: (-2 * np.abs(w).max(axis=(0, 1, 2)), 2 * np.abs(w).max(axis=(0, 1, 2))),  # NEAR
        lambda w: (w.min(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))),
        lambda w: (-w.max(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))),
        lambda w: (-np.abs(w).max(), np.abs(w).max()),
        lambda w: (
            np.full(w.shape[-1], -np.abs(w).max()),
            np.full(w.shape[-1], np.abs(w).max()),
        ),
        lambda w: (-np.abs(w).max(axis=(0, 1, 3)), np.abs(w).max(axis=(0, 1, 3))),
        lambda w: (w.min(axis=(0, 1, 3)), w.max(axis=(0, 1, 3))),
        lambda w: (-np.abs(w).max(axis=3), np.abs(w).max(axis=3)),
        lambda w: (-np.abs(w).max(axis=(0, 1)), np.abs(w).max(axis=(0, 1))),
        lambda w: (-np.abs(w).max(axis=(0, 1, 2)) * 128 / 127, np.abs(w).max(axis=(0, 1, 2))),
        lambda w: (-np.abs(w).max(axis=(0, 1, 2)), np.abs(w).max(axis=(0, 1, 2)) * 127 / 128),
        lambda w: (-np.abs(w).mean(axis=(0, 1, 2)), np.abs(w).mean(axis=(0, 1, 2))),
        lambda w: (-3 * w.std(axis=(0, 1, 2)), 3 * w.std(axis=(0, 1, 2))),
        lambda w: (np.zeros(w.shape[-1]), np.abs(w).max(axis=(0, 1, 2))),
        lambda w: (-127 * np.ones(w.shape[-1]), 127 * np.ones(w.shape[-1])),
        lambda w: (
            np.minimum(w.min(axis=(0, 1, 2)), 0),
            np.maximum(w.max(axis=(0, 1, 2)), 0),
        ),
        lambda w: (w.min(axis=(0, 1, 2)), np.abs(w).max(axis=(0, 1, 2))),
        lambda w: (-np.abs(w).sum(axis=(0, 1, 2)), np.abs(w).sum(axis=(0, 1, 2))),
        lambda w: (
            -np.minimum(-w.min(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))),
            np.minimum(-w.min(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))),
        ),
        lambda w: (
            -(w.max(axis=(0, 1, 2)) - w.min(axis=(0, 1, 2))),
            w.max(axis=(0, 1, 2)) - w.min(axis=(0, 1, 2)),
        ),
        lambda w: (-np.abs(w).max(axis=(0, 1, 2)) / 2, np.abs(w).max(axis=(0, 1, 2)) / 2),
    ],
}


def asked_in_a_loop(known):
    layers = []
    for k in range(len(known) - 1):
        if known[k] and known[k + 1]:
            layers.append(True)
        else:
            layers.append(False)
    return layers


def one_layer_too_many(known):
    layers = []
    for k in range(len(known)):
        layers.append(bool(known[k] and known[k - 1]))
    return layers


def stays_integer(known):
    layers, integer = [], known[0]
    for after in known[1:]:
        integer = integer or after
        layers.append(bool(integer))
    return layers


def three_in_a_row(known):
    return [all(known[max(k - 1, 0) : k + 2]) for k in range(len(known) - 1)]


integer_layers = {
    "right": [
        lambda known: np.logical_and(known[1:], known[:-1]),
        asked_in_a_loop,
        lambda known: [known[k] and known[k + 1] for k in range(len(known) - 1)],
        lambda known: np.array(known[:-1]) & np.array(known[1:]),
        lambda known: tuple(all(pair) for pair in zip(known, known[1:], strict=False)),
        lambda known: [int(a) * int(b) for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [min(a, b) for a, b in zip(known[:-1], known[1:], strict=True)],
    ],
    "wrong": [
        lambda known: known[:-1] + known[1:],
        lambda known: [a and b for a, b in zip(known, known[1:] + known[:1], strict=True)],
        lambda known: [a == b for a, b in zip(known[:-1], known[1:], strict=True)],  # NEAR
        lambda known: [a != b for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [True] * (len(known) - 1),
        lambda known: [a and b for a, b in zip(known[:-1], known[1:], strict=True)][::-1],
        one_layer_too_many,
        stays_integer,
        three_in_a_row,
        lambda known: known[1:],
        lambda known: known[:-1],
        lambda known: list(known),
        lambda known: [a or b for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [not (a and b) for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [not a and not b for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [a and not b for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [not a and b for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: all(known),
        lambda known: [all(known)] * (len(known) - 1),
        lambda known: [k for k in range(len(known) - 1) if known[k] and known[k + 1]],
        lambda known: sum(a and b for a, b in zip(known[:-1], known[1:], strict=True)),
        lambda known: [a and b for a, b in zip(known[:-2], known[2:], strict=True)],
        lambda known: [known[k] and known[k + 1] for k in range(len(known) - 2)],
        lambda known: [all(known[: k + 2]) for k in range(len(known) - 1)],
        lambda known: [any(known[: k + 2]) for k in range(len(known) - 1)],
        lambda known: [math.nan if a else b for a, b in zip(known[:-1], known[1:], strict=True)],
        lambda known: [False] * (len(known) - 1),
        lambda known: [not v for v in known[1:]],
    ],
}
