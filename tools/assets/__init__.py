"""How the files in `qnn_edu/assets` were made."""
