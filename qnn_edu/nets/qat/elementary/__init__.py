"""Any Keras model as a flat one of elementary layers: one integer kernel a layer."""
