"""Sphinx's settings for the course as web pages: `make site` writes them to build/site/.

The whole repository is the source folder, so that README, lessons and pages link to each other by
the same relative paths on the web as in a clone. Nothing is executed: the lessons' stored outputs
are shown. No page loads anything from a network.
"""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

import qnn_edu  # noqa: E402

project = "qnn-edu"
copyright = "the authors of qnn-edu, Apache-2.0"
release = version = qnn_edu.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.githubpages",  # says that folders whose names begin with _ are pages too
    "extensions.commands",
    "extensions.contents",
    "extensions.docstrings",
    "extensions.mathml",
    "extensions.operators",
]

# Sources
root_doc = "README"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/*.md",
    "docs/api/*.md",
    "notebooks/[0-9][0-9]_*.ipynb",
]
exclude_patterns = [".*", "build", "qnn_edu", "results", "tests", "tools"]
nb_execution_mode = "off"
nb_custom_formats = {".ipynb": ["extensions.lesson.read", {}, False]}
nb_merge_streams = True
nb_number_source_lines = False
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
smartquotes = False  # "int8" is a word of the package, quotes included

# The reference: public names, documented from their docstrings. Nothing loads TensorFlow.
autodoc_mock_imports = ["tensorflow", "keras"]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

# Pages
html_theme = "sphinx_book_theme"
html_title = "qnn-edu"
html_favicon = "static/favicon.svg"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = True  # the download button gives the notebook
html_use_index = False  # the reference has its own order, and search finds the rest
html_domain_indices = False
html_theme_options = {
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "use_download_button": True,
    "use_fullscreen_button": False,
    "navbar_persistent": [],  # the search stands in the side bar
}
html_context = {"default_mode": "auto"}  # light or dark as the reader's system is
