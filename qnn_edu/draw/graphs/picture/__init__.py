"""What Graphviz makes of a diagram: shown, written, opened fold by fold."""
