import numpy as np
from matplotlib import pyplot as plt
from numpy.testing import assert_allclose

from sklearn_prune import report


def test_theory_is_drawn_where_leave_one_out_agrees():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (500, 4))
    y = X[:, 0] + X[:, 1] ** 2 + 0.5 * rng.standard_normal(500)
    result = report(X, y, budgets=[8], widths=[20, 60, 200], cv=3)
    theory = result.theory
    assert 20 in theory.dense
    assert (8, 20) in theory.retrained
    assert 200 not in theory.dense
    assert "within" in theory.note
    assert "For more than 100 features" in theory.note
    frame = result.to_frame().query("method == 'large, not pruned' and setting == 'plain'")
    measured = frame[frame["width"] == 20]["error"].mean()
    assert_allclose(theory.dense[20], measured, rtol=0.15)
    figure = result.plot()
    assert "theory, retrained" in [text.get_text() for text in figure.legends[0].get_texts()]
    plt.close("all")


def test_the_note_names_the_widths_that_were_not_tried():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (100, 2))
    y = X[:, 0] + 0.5 * rng.standard_normal(100)
    note = report(X, y, budgets=[4], widths=[8, 20, 21], cv=2).theory.note
    assert note.endswith(
        "For more than 20 features the theory would need a larger table: five rows a feature."
    )
    tried = note.removesuffix(note.split("For more")[1])
    assert "8" in tried
    assert "20" in tried
    assert "21" not in tried
    assert "within 0%" not in note
