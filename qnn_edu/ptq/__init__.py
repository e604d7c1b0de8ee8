"""Floor 1: what is done to a trained network before it is quantized; arrays in, arrays out."""

from qnn_edu.ptq.folding import affine_form, fold_affine, fold_batch_norm

__all__ = ["affine_form", "fold_affine", "fold_batch_norm"]
