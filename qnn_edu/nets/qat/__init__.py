"""Quantization-aware training: where fake quantizers go, and the layers that train with them."""
