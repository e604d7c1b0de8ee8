"""pytest runs the lessons here, not the scripts, which import each other from their folder."""

collect_ignore_glob = ["*.py", "teach/*.py"]
