"""The pictures in `images/`."""
