"""The course in JupyterLab in a real browser: one server and one browser for all tests here."""
