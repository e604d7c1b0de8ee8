"""What a submission does, it ends with a mark and a message, and the others are graded.

By itself nbgrader (0.9.6) gives no mark where a submission ends Python, cannot be interrupted,
lacks a check or is no notebook; it keeps all of a cell's output; and it gives 0 for a right answer
that prints a warning. What code does to the machine is not guarded here: grade in a container.
"""

from pathlib import Path

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Integer, default

UNREADABLE = "**The file that was handed in is no notebook.** It is kept beside this one, as `{}`."
RESTORED = "**This check was missing in what was handed in.** It was put back."
ENDED = (
    "Python ended here, or did not answer any more: sys.exit or os._exit, a loop that lets nothing "
    "interrupt it, or more memory than there is. The cells below were not run."
)
CUT = "\n... Output cut: a cell may print {:,} characters.\n"
LONGEST_LINE = 2_000


def replace_unreadable(assignment, student, notebooks):
    """Put an empty notebook in the place of each file that is none; its checks come back below."""
    for path in map(Path, notebooks):
        try:
            nbformat.read(path, as_version=4)
        except Exception:  # whatever is wrong with it, nbgrader would stop there
            aside = path.replace(path.with_suffix(".unreadable"))
            cell = new_markdown_cell(UNREADABLE.format(aside.name))
            nbformat.write(new_notebook(cells=[cell]), path)


class RestoreChecks(NbGraderPreprocessor):
    """Every check is there, once, and each marked cell has the metadata that was handed out.

    nbgrader's own `add_missing_cells` stops where the answer before the check is missing too.
    """

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            released = gradebook.find_notebook(names["notebook"], names["assignment"])
            marks, sources = metadata(released), {c.name: c.source for c in released.source_cells}
        seen = set()
        for cell in reversed(nb.cells):  # of a cell and its copy below, the copy counts
            found = cell.metadata.pop("nbgrader", None)
            name = found.get("grade_id") if isinstance(found, dict) else None
            if isinstance(name, str) and name in marks and name not in seen:
                cell.metadata["nbgrader"] = marks[name]
                seen.add(name)
        for name in sorted(set(marks) - set(grade_ids(nb))):
            if marks[name]["grade"]:
                check = new_code_cell(sources[name], metadata={"nbgrader": marks[name]})
                answer = name.replace("check-", "answer-", 1)
                here = grade_ids(nb).index(answer) + 1 if answer in grade_ids(nb) else len(nb.cells)
                nb.cells[here:here] = [new_markdown_cell(RESTORED), check]
        return nb, resources


def grade_ids(notebook):
    """One for each cell, None where it has none."""
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]


def metadata(released):
    """The name of each marked cell that was handed out, and nbgrader's metadata for it."""
    points = {cell.name: cell.max_score for cell in released.grade_cells}
    answers = {cell.name for cell in released.solution_cells}
    marks = {}
    for cell in released.source_cells:
        mark = {"schema_version": 3, "grade_id": cell.name, "locked": cell.locked, "task": False}
        mark |= {"grade": cell.name in points, "solution": cell.name in answers}
        mark |= {"checksum": cell.checksum, "cell_type": cell.cell_type}
        marks[cell.name] = mark | ({"points": points[cell.name]} if mark["grade"] else {})
    return marks


class GuardedExecute(Execute):
    """Runs a notebook to its end, whatever its cells do, and keeps a part of their output."""

    exercise_timeout = Integer(15, help="Seconds for an answer or a check.").tag(config=True)
    max_output = Integer(300_000, help="Characters of output to keep of a cell.").tag(config=True)

    @default("timeout_func")
    def _seconds_of_a_cell(self):
        return lambda cell: self.exercise_timeout if "nbgrader" in cell.metadata else self.timeout

    def preprocess(self, nb, resources=None, km=None):
        self.ended = False
        return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell, resources, index):
        self.room = self.max_output
        if self.ended and cell.cell_type == "code":
            cell.outputs = [error("NotRun", "Python ended in a cell above.")]
        elif not self.ended:
            try:
                return super().preprocess_cell(cell, resources, index)
            except (CellTimeoutError, DeadKernelError) as failure:
                self.ended = True
                cell.outputs.append(error(type(failure).__name__, ENDED))
        return cell, resources

    def output(self, outs, msg, display_id, cell_index):
        """As nbclient's, which keeps everything. Errors are always kept: marks hang on them."""
        content, kind = msg["content"], msg["msg_type"]
        if kind == "error":
            content["evalue"] = content["evalue"][-LONGEST_LINE:]
            content["traceback"] = [line[-LONGEST_LINE:] for line in content["traceback"][-50:]]
        elif self.room <= 0:
            return None
        else:
            size = len(content["text"]) if kind == "stream" else len(str(content.get("data")))
            self.room, room = self.room - size, self.room
            if self.room <= 0:
                kept = content["text"][:room] if kind == "stream" else ""
                content = {"name": "stdout", "text": kept + CUT.format(self.max_output)}
                msg = msg | {"msg_type": "stream", "content": content}
                msg["header"] = msg["header"] | {"msg_type": "stream"}
        return super().output(outs, msg, display_id, cell_index)


def error(name, text):
    return new_output(
        "error", ename=name, evalue=text, traceback=[f"\x1b[0;31m{name}\x1b[0m: {text}"]
    )


class OnlyErrorsFail(NbGraderPreprocessor):
    """A check fails by an error alone.

    nbgrader also gives 0 for a line on stderr, which a warning writes, and takes the value that a
    check cell displays for the mark.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        for output in cell.outputs if is_grade(cell) and cell.cell_type == "code" else []:
            if output.output_type == "execute_result":
                output.output_type = "display_data"
                output.pop("execution_count", None)
            if output.get("name") == "stderr":
                output.name = "stdout"
        return cell, resources
