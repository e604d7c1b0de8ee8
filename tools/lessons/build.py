"""Make the lessons: execute tools/lessons/src/NN_title.py into notebooks/NN_title.ipynb.

    python -m tools.lessons.build            every lesson whose source changed
    python -m tools.lessons.build 02         lesson 02, if its source changed
    python -m tools.lessons.build --force    also those that are current
    python -m tools.lessons.build --check    execute nothing; print what is wrong and exit with 1

A source has changed when its cells or tags differ from the notebook's, whatever the files' times.
Where only prose or tags have changed, nothing is executed and the outputs stay.
Sources hold the solutions of the exercises, notebooks do not: versions.py takes them out.
What would change from one run or machine to the next is not stored: random cell ids, times, widget
models, the version of Python.
"""

import argparse
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from tools.lessons import slides, versions

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS, SOURCES = ROOT / "notebooks", ROOT / "tools" / "lessons" / "src"
SECONDS_PER_CELL = 60
BYTES_PER_NOTEBOOK = 300_000
FOR_RUFF = "  # fmt: skip"  # a word to the formatter of the sources, not to readers
LIVE_WIDGET = "application/vnd.jupyter.widget-view+json"
# As JupyterLab would write it, so that a lesson that is opened is not a lesson that was changed;
# `qnn_edu.server` adds the version of Python, which is the reader's own.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
# Each takes a notebook and returns it with more metadata in its cells.
CELL_METADATA = (versions.with_grading, slides.with_slides)
MACHINE_PATH = re.compile(
    rf"{re.escape(str(ROOT))}|(?<![\w./])/(home|Users|root|tmp|var|opt|usr)/[\w.]|[A-Z]:\\Users"
)


def from_source(source):
    """The notebook that readers get, without outputs: solutions are stubs."""
    return versions.without_solutions(with_solutions(source))


def with_solutions(source):
    """The notebook, without outputs, that a lesson's source stands for, solutions and all."""
    notebook = nbformat.v4.new_notebook(metadata=METADATA)
    for number, cell in enumerate(jupytext.read(source, fmt="py:percent").cells):
        make = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")
        kept = {key: cell.metadata[key] for key in ("tags", "jupyter") if key in cell.metadata}
        text = cell.source.replace(FOR_RUFF, "")
        notebook.cells.append(make(text, id=f"cell-{number:02d}", metadata=kept))
    for add_metadata in CELL_METADATA:
        notebook = add_metadata(notebook)
    return notebook


def execute(notebook):
    """Run every cell in a new kernel, as JupyterLab would, and keep the outputs that are stable.

    In an empty folder: what readers keep beside the lessons would be used.
    """
    with TemporaryDirectory() as empty:
        NotebookClient(
            notebook,
            timeout=SECONDS_PER_CELL,
            kernel_name="python3",
            resources={"metadata": {"path": empty}},
            force_raise_errors=True,  # of cells too that may fail in a light installation
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            extra_arguments=["--log-level=ERROR"],
        ).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in code_cells(notebook):
        for output in cell.outputs:
            output.get("data", {}).pop(LIVE_WIDGET, None)


def build(source, target):
    """Execute one lesson and store it. On a failing cell, show it and store nothing."""
    print(f"executing {source.name}", flush=True)
    notebook = from_source(source)
    try:
        execute(notebook)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as failure:
        sys.exit(f"{source.name} was not built.\n{failure}")
    nbformat.write(notebook, target)


def update(source, target):
    """Store a lesson whose code is as it was with the outputs that it has: prose changes none.

    Returns whether that was so.
    """
    if not target.exists():
        return False
    notebook, stored = from_source(source), nbformat.read(target, as_version=4)
    made, before = code_cells(notebook), code_cells(stored)
    if [cell.source for cell in made] != [cell.source for cell in before]:
        return False
    for cell, executed in zip(made, before, strict=True):
        cell.update(outputs=executed.outputs, execution_count=executed.execution_count)
    print(f"updating {target.name}, whose code has not changed", flush=True)
    nbformat.write(notebook, target)
    return True


def is_current(source, target):
    """Whether the notebook holds the very cells and tags of its source."""
    if not target.exists():
        return False
    made, stored = from_source(source), nbformat.read(target, as_version=4)
    return made.metadata == stored.metadata and [
        (cell.cell_type, cell.source, cell.id, cell.metadata) for cell in made.cells
    ] == [(cell.cell_type, cell.source, cell.id, cell.metadata) for cell in stored.cells]


def problems(target):
    """What is wrong with a stored notebook, a sentence each."""
    cells = code_cells(nbformat.read(target, as_version=4))
    counts = [cell.execution_count for cell in cells]
    if counts != list(range(1, len(counts) + 1)):
        yield f"its execution counts are {counts}, not 1 to {len(counts)}"
    if (size := target.stat().st_size) > BYTES_PER_NOTEBOOK:
        yield f"it has {size:,} bytes, above {BYTES_PER_NOTEBOOK:,}: show smaller or fewer pictures"
    for cell in cells:
        for output in cell.outputs:
            for problem in output_problems(output):
                yield f"cell [{cell.execution_count}] {problem}"


def output_problems(output):
    if output.output_type == "error":
        yield f"ends in {output.ename}: {output.evalue}"
    if output.get("name") == "stderr":
        yield f"writes to stderr: {output.text.strip()}"
    data = output.get("data", {})
    texts = [output.get("text", ""), *(data[mime] for mime in data if mime != "image/png")]
    for text in texts:
        if isinstance(text, str) and (path := MACHINE_PATH.search(text)):
            line = text[: path.end()].count("\n")
            yield f"shows a path of the machine it ran on: {text.splitlines()[line].strip()}"


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def check(pairs):
    """Every problem of every pair, each a line that names the notebook."""
    for source, target in pairs:
        if not source.exists():
            yield f"{target.name}: there is no src/{source.name}"
        elif not is_current(source, target):
            yield f"{target.name}: does not agree with src/{source.name}: run `make notebooks`"
        else:
            yield from (f"{target.name}: {problem}" for problem in problems(target))


def all_pairs(prefix=""):
    """(source, notebook) of every lesson whose name starts with the prefix, in order."""
    files = [*NOTEBOOKS.glob("*.ipynb"), *SOURCES.glob("*.py")]
    names = sorted({path.stem for path in files if path.stem.startswith(prefix)})
    return [(SOURCES / f"{name}.py", NOTEBOOKS / f"{name}.ipynb") for name in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="?", default="", help="the start of a name, such as 02")
    parser.add_argument("--force", action="store_true", help="execute lessons that are current")
    parser.add_argument("--check", action="store_true", help="execute nothing, check everything")
    options = parser.parse_args()
    pairs = all_pairs(options.lesson)
    if options.lesson and not pairs:
        parser.error(f"no lesson starts with {options.lesson!r}")
    if options.check:
        sys.exit("\n".join(check(pairs)) or None)
    for source, target in pairs:
        if not source.exists() or (is_current(source, target) and not options.force):
            continue
        if options.force or not update(source, target):
            build(source, target)
    if complaints := list(check(pairs)):
        sys.exit("\n".join(complaints))


if __name__ == "__main__":
    main()
