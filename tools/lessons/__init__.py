"""From the sources of the lessons to notebooks, hand-outs, slides and assignments."""
