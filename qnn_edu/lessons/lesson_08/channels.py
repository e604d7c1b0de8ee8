"""The largest |w| of each channel; channels are on the last axis."""

import numpy as np


def largest_weights(weight):
    return np.abs(weight).reshape(-1, weight.shape[-1]).max(axis=0)
