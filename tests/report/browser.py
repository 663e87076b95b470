"""A browser that measures a page: headless Chromium, and axe-core where npm has put it."""

import json
import os
import re
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# Where .ci/run installs it.
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000")


def measure(folder, page, script, *, width=1200, dark=False):
    """Return what a script finds in a page, by its function `done`.

    Parameters
    ----------
    folder : Path
        For the files of the browser.
    page : str
        HTML.
    script : str
        JavaScript that runs when the page is complete, and calls ``done(anything)``.
    width : int
        That of the window: of a frame, since windows cannot be as narrow as phones.
    dark : bool
        Whether the system is.
    """
    code = f"""<script>addEventListener("load", async () => {{
        const done = found => parent.document.body.dataset.found = JSON.stringify(found);
        {script}
    }})</script>"""
    frame = f'<iframe srcdoc="{escape(page + code)}" style="width: {width}px; height: 3000px">'
    file = folder / "frame.html"
    file.write_text(f'<meta charset="utf-8"><body>{frame}</iframe></body>', encoding="utf-8")
    schemes = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    command = [CHROMIUM, *FLAGS, schemes, f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    environment = os.environ | {"HOME": str(folder)}
    dumped = subprocess.run(
        [*command, file.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    ).stdout
    return json.loads(unescape(re.search(r'data-found="([^"]*)"', dumped)[1]))


def violations(folder, page, **options):
    """Return what axe-core objects to in a page."""
    script = """done((await axe.run()).violations.map(
        found => [found.id, ...found.nodes.map(node => node.html.slice(0, 200))]
    ));"""
    audit = f"<script>{AXE.read_text(encoding='utf-8')}</script>"
    return measure(folder, page + audit, script, **options)
