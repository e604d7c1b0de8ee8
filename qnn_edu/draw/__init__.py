"""Floor 3: pictures. matplotlib is imported here, pyplot never, TensorFlow never.

`plots` holds the plots of the course (data in, axes out), `style` their colours, `show` puts a
picture with its alternative text into a notebook, `Blit` redraws a figure fast, `diagram` draws a
network with Graphviz; `PATTERNS` are the names of what it shows as one box in a large one.
"""

from qnn_edu.draw import plots, style
from qnn_edu.draw.blit import Blit
from qnn_edu.draw.graphs.diagrams import diagram, side_by_side
from qnn_edu.draw.graphs.patterns.table import PATTERNS
from qnn_edu.draw.graphs.picture.dot import NotDrawn
from qnn_edu.draw.graphs.picture.drawing import Diagram
from qnn_edu.draw.picture import Picture, show
from qnn_edu.draw.tables import Table, table

__all__ = [
    "PATTERNS",
    "Blit",
    "Diagram",
    "NotDrawn",
    "Picture",
    "Table",
    "diagram",
    "plots",
    "show",
    "side_by_side",
    "style",
    "table",
]
