from friedman_report import friedman_report


def test_the_page_is_complete_and_needs_nothing_else(monkeypatch):
    result = friedman_report()
    page = result.to_html("python -m sklearn_prune")
    assert "F &amp; co" in page
    for text in "double descent", "Seed: 5", "scikit-learn 1", "MinMaxScaler":
        assert text in page
    for text in "gradient boosting", "all columns", "columns, pruned, retrained":
        assert f"<td>{text}</td>" in page
    said = [sentence for sentence in result.said if sentence not in result.sentences]
    positions = [page.index(sentence) for sentence in said]
    assert positions == sorted(positions)
    assert positions[-1] < page.index("The recommended model")
    for answer in result.answers:
        assert f"{answer.comparison.large:.1%}" in page
    assert page.count("data:image/png;base64,") == 2
    assert 'src="http' not in page
    assert "href" not in page
    assert repr(result).splitlines()[1:] == result.said
    monkeypatch.setattr(
        "sklearn_prune._report.result.draw_pictures", lambda findings: {"width": b"", "kept": b""}
    )
    assert result._repr_html_().startswith("<!DOCTYPE html>")
