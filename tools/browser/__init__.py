"""JupyterLab in a real browser, for tests, pictures and measurements."""
