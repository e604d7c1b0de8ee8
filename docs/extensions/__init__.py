"""What the site adds to Sphinx: contents, formulas, and lessons read for the web."""
