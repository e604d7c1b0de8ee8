"""`python -m qnn_edu.cli` is `qnn-edu`."""

from qnn_edu.cli import main

if __name__ == "__main__":
    main()
