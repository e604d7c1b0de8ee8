"""Floor 0: the arithmetic of quantization, on numpy alone."""
