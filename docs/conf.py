"""Configuration of the site."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "nvspec"
author = "the nvspec authors"
html_title = "nvspec"
language = "en"

extensions = ["model"]
exclude_patterns = ["_build"]
nitpicky = True
toc_object_entries_show_parents = "hide"
highlight_language = "none"
add_module_names = False

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
