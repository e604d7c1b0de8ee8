"""Exported networks on other processors: compilers, emulators, sizes."""
