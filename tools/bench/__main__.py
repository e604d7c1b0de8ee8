"""Run every measurement, or those named, and print a table for each.

python -m tools.bench              all
python -m tools.bench fake_quant   bench_fake_quant.py only
"""

import sys
from importlib import import_module
from pathlib import Path


def as_table(rows):
    """Rows of cells as aligned text; numbers with three significant digits."""
    cells = [list(rows[0]), *([as_text(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def as_text(value):
    return f"{value:.3g}" if isinstance(value, float) and abs(value) < 1000 else str(value)


def main(names):
    known = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    wanted = [f"bench_{name}" for name in names] or known
    if unknown := sorted(set(wanted) - set(known)):
        sys.exit(f"There is no {', '.join(unknown)}. There are: {', '.join(known) or 'none yet'}.")
    for name in wanted:
        module = import_module(f"tools.bench.{name}")
        print(f"\n{module.__doc__.splitlines()[0]}\n\n{as_table(module.run())}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
