"""The words for where a range comes from in training: of activations, of weights, of a whole model.

Nothing loads here, so that a run can be planned without Keras.
"""

LEARNED = {"learned": "step", "clipped": "alpha"}  # of activations: what learns
ACTIVATION_RANGES = ("fixed", "ema", *LEARNED)
WEIGHT_RANGES = ("min_max", "learned")
PREPARED_RANGES = {"ema": "min_max", "learned": "learned"}  # of activations, and of weights then
