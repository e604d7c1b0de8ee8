"""Floor 3: a model as C99 for a processor without floats: arrays, plain loops, one function."""

from qnn_edu.chip.assemble import blockers, program
from qnn_edu.chip.export import export_c, text
from qnn_edu.chip.program import Program

__all__ = ["Program", "blockers", "export_c", "program", "text"]
