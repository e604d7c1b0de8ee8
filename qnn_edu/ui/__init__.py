"""Floor 4: what a reader moves and answers in a notebook.

`live` is the one fast live figure, `explorers` are built on it, `quiz` asks before it tells.
"""

from qnn_edu.ui import explorers
from qnn_edu.ui.live import live
from qnn_edu.ui.quiz import quiz

__all__ = ["explorers", "live", "quiz"]
