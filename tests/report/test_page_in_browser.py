"""The page of a report in a real browser: any width and scheme, inside other pages, on paper."""

import pytest
from browser import AXE, CHROMIUM, measure, violations
from contrast import contrast
from friedman_report import friedman_page, friedman_part

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
SCHEMES = pytest.mark.parametrize("dark", [False, True])

OVERFLOWING = """
const root = document.querySelector(".sklearn-prune-report");
done([...root.querySelectorAll("p, dl, figure, figcaption, img, caption span, .legend, pre")]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 80)));
"""


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed")
@SCHEMES
@pytest.mark.parametrize("width", [1200, 420])
def test_an_audit_finds_nothing(tmp_path, width, dark):
    assert violations(tmp_path, friedman_page(), width=width, dark=dark) == []


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed")
def test_an_audit_finds_a_fault(tmp_path):
    found = [name for name, *_ in violations(tmp_path, "<img src='x'><p style='color: #eee'>pale")]
    assert {"color-contrast", "html-has-lang", "image-alt"} <= set(found)


@pytest.mark.parametrize("width", [1200, 420])
def test_nothing_is_wider_than_the_screen(tmp_path, width):
    assert measure(tmp_path, friedman_page(), OVERFLOWING, width=width) == []


def test_numbers_do_not_wrap_and_panels_are_one_a_row_on_a_phone(tmp_path):
    script = """
    const cells = [...document.querySelectorAll("td:not(.text)")].map(cell => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return range.getClientRects().length;
    });
    const tops = [...document.querySelectorAll("figure")]
        .map(figure => Math.round(figure.getBoundingClientRect().top));
    done([Math.max(...cells), tops]);
    """
    lines, tops = measure(tmp_path, friedman_page(), script, width=420)
    assert lines == 1
    assert len(set(tops)) == 6
    _, tops = measure(tmp_path, friedman_page(), script)
    assert len(set(tops)) == 3


@SCHEMES
def test_one_picture_a_panel_is_shown_in_each_scheme(tmp_path, dark):
    script = """done([...document.querySelectorAll("figure img")]
        .filter(image => image.checkVisibility()).map(image => image.className));"""
    shown = measure(tmp_path, friedman_page(), script, dark=dark)
    assert shown == ["for-dark" if dark else "for-light"] * 6


HOSTS = {
    "docs": ('data-theme="{}"', "dark", "light"),
    "notebook": ('data-jp-theme-light="{}"', "false", "true"),
    "bootstrap": ('data-bs-theme="{}"', "dark", "light"),
    "editor": ('data-vscode-theme-kind="vscode-{}"', "dark", "light"),
}


@SCHEMES
@pytest.mark.parametrize("host", HOSTS)
def test_a_host_tells_its_scheme(tmp_path, host, dark):
    attribute, *schemes = HOSTS[host]
    body = f"<body {attribute.format(schemes[not dark])}>{friedman_part()}</body>"
    script = """const style = getComputedStyle(document.querySelector(".sklearn-prune-report"));
    done([style.color, style.backgroundColor, [...document.querySelectorAll("figure img")]
        .filter(image => image.checkVisibility())[0].className]);"""
    *colors, image = measure(tmp_path, f"<!DOCTYPE html>{body}", script, dark=not dark)
    ink, paper = (tuple(int(x) / 255 for x in color[4:-1].split(",")) for color in colors)
    assert contrast(ink, paper) > 7
    assert (sum(paper) < sum(ink)) == dark
    assert image == ("for-dark" if dark else "for-light")


def test_a_host_keeps_its_looks_and_does_not_change_the_page(tmp_path):
    host = """<!DOCTYPE html><style>
        td { color: rgb(9, 9, 9) } .out tbody tr:nth-child(odd) td { background: rgb(1, 1, 1) }
        .out table { font-size: 5px } [hidden] { display: none !important }
    </style><h1>H</h1><p>P</p><table><tr><td>1</td></tr></table><pre>C</pre><img><dl><dt>D</dt></dl>
    <div class="out"></div>"""
    script = """
    const names = ["h1", "p", "td", "table", "pre", "img", "dt", "body", "html"];
    const looks = () => names.map(name => {
        const style = getComputedStyle(document.querySelector(name));
        return ["color", "backgroundColor", "font", "margin", "padding", "maxWidth", "display"]
            .map(property => style[property]);
    });
    const before = looks();
    document.querySelector(".out").append(document.querySelector("template").content);
    const cell = getComputedStyle(document.querySelector(".out tbody td"));
    done([before, looks(), cell.color, cell.backgroundColor, parseFloat(cell.fontSize)]);
    """
    page = f"{host}<template>{friedman_part()}</template>"
    before, after, color, background, size = measure(tmp_path, page, script)
    assert after == before
    assert color != "rgb(9, 9, 9)"
    assert background != "rgb(1, 1, 1)"
    assert size > 10


def test_paper_is_light_and_cuts_no_code(tmp_path):
    on_paper = friedman_page().replace("@media print", "@media all")
    assert on_paper != friedman_page()
    script = """
    const code = document.querySelector("pre"), style = e => getComputedStyle(e);
    done([
        code.scrollWidth - code.clientWidth,
        style(document.querySelector(".sklearn-prune-report")).backgroundColor,
        ["table", "pre", "p:has(+ pre)", ".panels", ".together"]
            .map(e => style(document.querySelector(e)).breakInside),
        ["h2", "caption", "dt"].map(e => style(document.querySelector(e)).breakAfter),
        [...document.querySelectorAll(".for-dark")].filter(e => e.checkVisibility()).length,
    ]);
    """
    hidden, paper, kept, followed, dark = measure(tmp_path, on_paper, script, width=650, dark=True)
    assert hidden <= 0
    assert paper == "rgb(255, 255, 255)"
    assert set(kept) == set(followed) == {"avoid"}
    assert dark == 0
