"""Configuration of the documentation."""

import os
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "_extensions"))

project = "sklearn_prune"
author = "sklearn_prune developers"
copyright = f"2026, {author}"
release = version = installed_version("sklearn-prune")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx-mathjax-offline",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "output_widths",
    "panel_thumbnails",
    "plain_notebooks",
]
exclude_patterns = ["_build", "_extensions", "_templates"]
templates_path = ["_templates"]
default_role = "code"

# Links to other projects need their inventories, hence the network: only the published
# pages have them, so that the documentation builds anywhere.
if os.environ.get("READTHEDOCS"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "numpy": ("https://numpy.org/doc/stable", None),
        "python": ("https://docs.python.org/3", None),
        "scipy": ("https://docs.scipy.org/doc/scipy", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
    }

autodoc_preserve_defaults = True  # TwoLayerNet, not its representation
autodoc_typehints = "none"  # numpydoc sections give the types
numpydoc_show_class_members = False  # the class template lists them

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("sklearn_prune",),
    "reference_url": {"sklearn_prune": None},
    "image_scrapers": ("panel_thumbnails.scrape",),
    "parallel": 2,
    "thumbnail_size": (480, 336),
    "write_computation_times": False,
}

html_theme = "pydata_sphinx_theme"
html_title = "sklearn_prune"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["columns.css"]
# Pages below which there are no others have no navigation of a section.
ALONE = (
    "benchmarks",
    "changelog",
    "five_minutes",
    "from_paper_to_code",
    "glossary",
    "how_to_cite",
    "installation",
    "troubleshooting",
    "which_strategy",
)
html_sidebars: dict[str, list[str]] = {page: [] for page in ALONE}
html_theme_options = {
    "github_url": "https://github.com/sklearn-prune/sklearn-prune",
    "navbar_persistent": ["search-button"],
    "show_toc_level": 2,
}


def skip_inherited(_app, _what, _name, obj, skip, _options):
    """Leave to scikit-learn's pages the methods that it defines."""
    return skip or (getattr(obj, "__module__", None) or "").startswith("sklearn.")


def setup(app):
    app.connect("autodoc-skip-member", skip_inherited)
