"""Notebooks of the gallery without roles of reStructuredText, which Markdown does not know."""

import json
import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

# What sphinx-gallery leaves of roles and of links, and what it means.
LEFT_OVER = [
    (re.compile(r":[a-z:]+:`~(?:\w+\.)*(\w+)`"), r"`\1`"),
    (re.compile(r":[a-z:]+:`([^`<]+?)\s*<[^`>]*>`"), r"\1"),
    (re.compile(r":[a-z:]+:`([^`]+)`"), r"`\1`"),
    (re.compile(r"`([^`<]+?)\s*<sphx_glr_[^`>]*>`"), r"\1"),
    (re.compile(r"(\]\([^)\s]+\))_"), r"\1"),
]


def plain(text):
    """Return a text of Markdown without what is left of roles and links."""
    for pattern, meaning in LEFT_OVER:
        text = pattern.sub(meaning, text)
    return text


def plain_notebook(content):
    """Return a notebook, as bytes, with plain texts."""
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = [plain("".join(cell["source"]))]
    return json.dumps(notebook, indent=2).encode()


def plain_archive(content):
    """Return an archive, as bytes, with plain notebooks."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(target, "w") as new:
        for member in old.infolist():
            is_notebook = member.filename.endswith(".ipynb")
            part = old.read(member)
            new.writestr(member, plain_notebook(part) if is_notebook else part)
    return target.getvalue()


def rewrite(app):
    """Make all notebooks of the gallery plain, those in archives too."""
    for suffix, change in {".ipynb": plain_notebook, ".zip": plain_archive}.items():
        for path in Path(app.srcdir, "auto_examples").rglob(f"*{suffix}"):
            path.write_bytes(change(path.read_bytes()))


def setup(app):
    app.connect("builder-inited", rewrite, priority=900)  # after sphinx-gallery
    return {"parallel_read_safe": True}
