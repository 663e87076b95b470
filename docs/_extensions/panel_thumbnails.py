"""Thumbnails of the gallery that can be read: of several panels, the first one alone."""

from pathlib import Path

from matplotlib import pyplot as plt
from sphinx_gallery.scrapers import matplotlib_scraper
from sphinx_gallery.utils import scale_image

FOLDER = "panels"  # beside the pictures, between the two functions that follow
SIZE = (480, 336)


def scrape(block, block_vars, gallery_conf):
    """Save the pictures of a block, and the first panel of the first of an example."""
    if not len(block_vars["image_path_iterator"]) and plt.get_fignums():
        figure = plt.figure(plt.get_fignums()[0])
        if len(figure.axes) > 1:
            first = Path(block_vars["image_path_iterator"].image_path.format(1))
            save_first_panel(figure, first.parent / FOLDER / first.name)
    return matplotlib_scraper(block, block_vars, gallery_conf)


def save_first_panel(figure, path):
    """Save the axes that come first, with all that is written around them."""
    figure.draw_without_rendering()
    inches = figure.dpi_scale_trans.inverted()
    box = figure.axes[0].get_tightbbox().transformed(inches).padded(0.08)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, bbox_inches=box, dpi=2 * figure.dpi)


def show_panels(app):
    """Make thumbnails of all panels that were saved."""
    for path in Path(app.srcdir, "auto_examples").rglob(f"images/{FOLDER}/*_001.png"):
        name = path.name.replace("_001.png", "_thumb.png")
        scale_image(path, path.parents[1] / "thumb" / name, *SIZE)


def setup(app):
    app.connect("builder-inited", show_panels, priority=900)  # after sphinx-gallery
    return {"parallel_read_safe": True}
