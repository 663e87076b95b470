import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from blank_pictures import BLANK, draw_nothing
from contrast import contrast
from friedman_report import friedman_page, friedman_report

from sklearn_prune._report.output.page import render
from sklearn_prune._report.output.page_pictures import SCHEMES

CSS = (files("sklearn_prune._report.output") / "report.css").read_text(encoding="utf-8")
PALETTE = dict(re.findall(r"--(\w+): light-dark\((#\w{6}, #\w{6})\)", CSS))
VOID = {"meta", "br", "img"}


class Tree(HTMLParser):
    """All elements of a page, as names, attributes, the names above them, and texts."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "inside": [e["tag"] for e in self.open], "text": "", **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def find(self, *tags):
        return [element for element in self.elements if element["tag"] in tags]


def test_the_page_is_complete_and_needs_nothing_else():
    result, page = friedman_report(), friedman_page()
    assert page.startswith("<!DOCTYPE html>")
    assert "F &amp; co" in page
    for text in "double descent", "Seed: 5", "scikit-learn 1", "MinMaxScaler":
        assert text in page
    for text in "gradient boosting", "all columns", "columns, pruned, retrained":
        assert f'<th scope="row">{text}</th>' in page
    said = [sentence for sentence in result.said if sentence not in result.sentences]
    positions = [page.index(sentence) for sentence in said]
    assert positions == sorted(positions)
    assert positions[-1] < page.index("The recommended model")
    for answer in result.answers:
        assert f"{answer.comparison.large:.1%}" in page
    assert 'src="http' not in page
    assert "href" not in page
    assert repr(result).splitlines()[1:] == result.said


def test_a_notebook_keeps_its_looks(monkeypatch):
    draw_nothing(monkeypatch)
    part = Tree(friedman_report()._repr_html_())
    assert part.elements[0]["tag"] == "div"
    assert part.elements[0]["class"] == "sklearn-prune-report"
    assert all(element["inside"][:1] == ["div"] for element in part.elements[1:])
    assert not part.find("html", "head", "body", "title", "main", "link", "script")
    assert not part.open


def test_all_rules_stand_inside_one_class():
    outside, depth = "", 0
    for piece in re.split(r"([{}])", re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)):
        depth += {"{": 1, "}": -1}.get(piece, 0)
        outside += piece if depth == 0 and piece not in "{}" else ""
    assert outside.split() == [":is(.sklearn-prune-report,", "#in-no-page)"]
    assert not re.search(r"\b(body|:root)\b|html(?!\[theme)", CSS)


@pytest.mark.parametrize("embedded", [False, True])
def test_headings_go_down_one_by_one(embedded):
    page = Tree(render(friedman_report(), "", BLANK, embedded=embedded))
    levels = [int(heading["tag"][1]) for heading in page.find("h1", "h2", "h3")]
    top = 2 if embedded else 1
    assert levels == [top] + [top + 1] * (len(levels) - 1)
    assert len(levels) > 5


def test_tables_have_captions_and_headers():
    page = Tree(friedman_page())
    assert len(page.find("table")) == len(page.find("thead")) == len(page.find("caption")) == 3
    assert {th["scope"] for th in page.find("th") if "thead" in th["inside"]} == {"col"}
    assert {th["scope"] for th in page.find("th") if "tbody" in th["inside"]} == {"row"}
    rows = [tr for tr in page.find("tr") if "tbody" in tr["inside"]]
    assert len(rows) == len([th for th in page.find("th") if th["scope"] == "row"])


def test_what_scrolls_is_reached_by_keys():
    page = Tree(friedman_page())
    scrolling = [e for e in page.elements if e["tag"] == "pre" or e.get("class") == "scroll"]
    assert len(scrolling) == 4
    for element in scrolling:
        assert (element["tabindex"], element["role"]) == ("0", "group")
        assert element["aria-label"]


def test_pictures_are_one_panel_each_in_two_schemes():
    page = Tree(friedman_page())
    panels = [img for img in page.find("img") if "figure" in img["inside"]]
    assert [img["class"] for img in panels] == ["for-light", "for-dark"] * 6
    assert len({img["src"] for img in panels}) == 12
    titles = [caption["text"] for caption in page.find("figcaption")]
    assert titles[0] == "4 features kept, plain least squares"
    assert titles[-1] == "with a ridge"


def test_legends_name_every_curve_once():
    page = Tree(friedman_page())
    names = [li["text"].strip() for li in page.find("li")]
    assert names[-7:] == [
        *("small", "large, pruned, retrained", "large, pruned", "large, not pruned"),
        *("columns, pruned, retrained", "all columns", "gradient boosting"),
    ]
    assert names.count("small") == names.count("all columns") == 2
    assert {img["alt"] for img in page.find("img") if "li" in img["inside"]} == {""}


def test_alternative_texts_say_what_pictures_show():
    result, page = friedman_report(), Tree(friedman_page())
    start = "Mean squared error / variance against number of features kept, s. Medians: "
    text = next(img["alt"] for img in page.find("img") if img["alt"].startswith(start))
    frame = result.to_frame().query("setting == 'plain' and method == 'small'")
    medians = frame.groupby("budget")["error"].median()
    first, lowest, last = (
        f"{medians[size]:.3g} at {size}"
        for size in (medians.index[0], medians.idxmin(), medians.index[-1])
    )
    assert re.search(f"small: (lowest )?{first}", text)
    assert f"lowest {lowest}" in text
    assert last in text
    dense = result.to_frame().query("setting == 'plain' and width == 200")
    dense = dense[dense["method"] == "large, not pruned"]["error"].median()
    assert f"large, not pruned: {dense:.3g} throughout" in text


def test_alternative_texts_tell_of_references_and_columns():
    frame = friedman_report().to_frame().query("setting != 'plain'")
    texts = [img["alt"] for img in Tree(friedman_page()).find("img")]
    with_a_ridge = [text for text in texts if "all columns" in text]
    assert len(with_a_ridge) == 6  # three panels in two schemes
    medians = frame.groupby("method")["error"].median()
    for text in with_a_ridge:
        for method in "all columns", "gradient boosting":
            assert f"; {method}: {medians[method]:.3g} throughout" in text
    pruned = frame.query("method == 'columns, pruned, retrained' and strategy == 'magnitude'")
    curve = pruned.groupby("budget")["error"].median()
    assert re.search(
        rf"columns, pruned, retrained: (lowest )?{curve.iloc[0]:.3g} at {curve.index[0]}",
        with_a_ridge[-1],
    )


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize("ink", ["ink", "soft"])
@pytest.mark.parametrize("paper", ["paper", "shade"])
def test_text_is_readable_in_both_schemes(k, ink, paper):
    assert contrast(*(PALETTE[name].split(", ")[k] for name in (ink, paper))) >= 4.5


def test_pictures_have_the_colours_of_the_page():
    for k, colors in enumerate(SCHEMES.values()):
        assert colors == tuple(PALETTE[name].split(", ")[k] for name in ("ink", "paper"))


def test_what_warns_of_an_answer_comes_before_it():
    result = friedman_report()
    page = replace(result, notes=["A note.", "Warning: rows are alike."])._repr_html_()
    order = ['<p class="warning">Warning: rows are alike.</p>', 'class="answer"', "<p>A note.</p>"]
    places = [page.index(part) for part in order]
    assert places == sorted(places)
