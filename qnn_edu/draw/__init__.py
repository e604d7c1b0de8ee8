"""Floor 3: pictures. matplotlib is imported here, pyplot never, TensorFlow never.

`plots` holds the plots of the course (data in, axes out), `style` their colours, `show` puts a
picture with its alternative text into a notebook, `Blit` redraws a figure fast.
"""

from qnn_edu.draw import plots, style
from qnn_edu.draw.blit import Blit
from qnn_edu.draw.picture import Picture, show

__all__ = ["Blit", "Picture", "plots", "show", "style"]
