"""nbgrader for this course. `make teacher` copies this file, and guards.py, beside `source`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import guards  # noqa: E402
from nbgrader import preprocessors as usual  # noqa: E402

c = get_config()  # noqa: F821, nbgrader defines it

c.CourseDirectory.course_id = "qnn-edu"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}

c.Autograde.pre_convert_hook = guards.replace_unreadable
c.Autograde.sanitize_preprocessors = [
    guards.RestoreChecks,
    usual.ClearOutput,
    usual.OverwriteKernelspec,
    usual.OverwriteCells,
    usual.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    guards.GuardedExecute,
    guards.OnlyErrorsFail,
    usual.LimitOutput,
    usual.SaveAutoGrades,
    usual.AssignLatePenalties,
    usual.CheckCellMetadata,
]

# Seconds for a cell of a lesson (training takes some), and for an answer or a check.
c.GuardedExecute.timeout = 180
c.GuardedExecute.exercise_timeout = 15
# Output may come in behind the answer, and much of it behind by more than nbgrader's 4 s.
c.GuardedExecute.iopub_timeout = 20
c.GuardedExecute.shutdown_kernel = "immediate"
c.GuardedExecute.store_widget_state = False
# A file called numpy.py or qnn_edu.py that was handed in must not be imported.
c.GuardedExecute.extra_arguments = ["--InteractiveShellApp.ignore_cwd=True", "--log-level=ERROR"]
c.LimitOutput.max_lines = 200
