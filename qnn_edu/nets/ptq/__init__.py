"""A trained Keras model made better to quantize, without training: `qnn_edu.ptq` on networks."""
