"""Tables that examples print fit into the column of a page, as their code does."""

import re
from pathlib import Path

from sphinx.util.logging import getLogger

WIDTH, INDENT = 88, 4
OUTPUT = re.compile(
    r"^\.\. rst-class:: sphx-glr-script-out\n\n \.\. code-block:: none\n\n((?: .*\n|\n)*)",
    re.MULTILINE,
)


def wide_rows(page):
    """Return the rows of printed tables that are too long; sentences wrap by themselves."""
    printed = "".join(OUTPUT.findall(page)).splitlines()
    rows = (line[INDENT:].rstrip() for line in printed)
    return [row for row in rows if len(row) > WIDTH and "  " in row]


def warn(app):
    """Warn of every example whose tables are too wide."""
    for path in Path(app.srcdir, "auto_examples").rglob("plot_*.rst"):
        if rows := wide_rows(path.read_text(encoding="utf-8")):
            message = "%s prints a row of %s characters, the column has %s: %s"
            getLogger(__name__).warning(message, path.name, len(rows[0]), WIDTH, rows[0])


def setup(app):
    app.connect("builder-inited", warn, priority=900)  # after sphinx-gallery
    return {"parallel_read_safe": True}
