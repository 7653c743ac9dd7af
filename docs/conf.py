"""The documentation site. ``make docs`` builds it into build/docs, with warnings as errors."""

import sys
from pathlib import Path

import evomod

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))
for name in evomod.__all__:  # autodoc would import them with TYPE_CHECKING on, which pydantic refuses
    getattr(evomod, name)

project = "evomod"
project_copyright = author = "the evomod contributors"
version = release = evomod.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "config_keys",
    "names",
    "repository_links",
]
exclude_patterns = ["**/.ipynb_checkpoints"]
html_theme = "furo"
html_title = f"evomod {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/icon.svg"
html_show_sourcelink = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4

nb_execution_mode = "force"  # a cache would not notice that evomod has changed
nb_execution_in_temp = True
nb_merge_streams = True
nb_execution_timeout = 300
nb_execution_raise_on_error = True

nitpicky = True
default_role = "py:obj"
autosummary_generate = False
toc_object_entries_show_parents = "hide"
autodoc_type_aliases = {"NDArray": "NDArray"}
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": True}
numpydoc_show_class_members = False
