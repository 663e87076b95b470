import subprocess
import sys
from functools import partial

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_friedman1
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.metrics import make_scorer, mean_absolute_error
from sklearn.model_selection import KFold, ShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_prune import (
    DoubleDescentDisplay,
    MinNormRegressor,
    PrunedRegressor,
    PrunedRegressorCV,
    PruningPathDisplay,
    RandomFeatures,
)
from sklearn_prune._displays.double_descent_display import default_widths
from sklearn_prune._displays.styles import OTHERS

DISPLAYS = [DoubleDescentDisplay, PruningPathDisplay]
WIDTHS = [5, 10, 40, 80]


@pytest.fixture(autouse=True)
def agg():
    with plt.rc_context():
        mpl.use("Agg")
        yield
        plt.close("all")


@pytest.fixture(scope="module")
def data():
    return make_friedman1(n_samples=60, noise=0.5, random_state=0)


@pytest.fixture
def model():
    return make_pipeline(StandardScaler(), RandomFeatures(random_state=0), PrunedRegressor())


def make_display(cls=DoubleDescentDisplay, *, errors=None, n_curves=2, n_repeats=7, **kwargs):
    if errors is None:
        shape = (n_curves, len(WIDTHS), n_repeats)
        errors = np.random.default_rng(0).lognormal(sigma=0.2, size=shape)
    sizes = "widths" if cls is DoubleDescentDisplay else "sparsities"
    labels = [f"s = {k}" for k in range(len(errors))]
    return cls(**{sizes: WIDTHS, "errors": errors, "labels": labels} | kwargs)


def legend_texts(display):
    return [text.get_text() for text in display.legend_.get_texts()]


# --- what is drawn -----------------------------------------------------------------


@pytest.mark.parametrize("cls", DISPLAYS)
def test_plot_sets_attributes_and_returns_itself(cls):
    display = make_display(cls)
    assert not [name for name in vars(display) if name.endswith("_")]
    assert display.plot() is display
    assert isinstance(display.ax_, plt.Axes)
    assert display.figure_ is display.ax_.figure
    assert len(display.lines_) == len(display.fill_between_) == 2
    assert display.theory_lines_ == []
    assert display.dense_line_ is display.threshold_line_ is None
    assert legend_texts(display) == ["s = 0", "s = 1", "10% to 90%"]


@pytest.mark.parametrize("cls", DISPLAYS)
def test_init_keeps_its_arguments(cls):
    errors = [[[1.0]] * len(WIDTHS)]
    display = make_display(cls, errors=errors)
    assert display.errors is errors
    display.plot()
    assert display.errors is errors


def test_lines_are_medians_and_bands_quantiles():
    display = make_display().plot(quantiles=(0.25, 0.75))
    for k, line in enumerate(display.lines_):
        assert_array_equal(line.get_xdata(), WIDTHS)
        assert_allclose(line.get_ydata(), np.median(display.errors[k], axis=-1))
        corners = display.fill_between_[k].get_paths()[0].vertices
        for x, errors in zip(WIDTHS, display.errors[k], strict=True):
            drawn = corners[corners[:, 0] == x, 1]
            assert_allclose([drawn.min(), drawn.max()], np.quantile(errors, [0.25, 0.75]))
    assert "25% to 75%" in legend_texts(display)


def test_missing_errors_are_left_out():
    errors = make_display().errors
    errors[1, :2] = np.nan
    errors[1, 2, 0] = np.nan
    line = make_display(errors=errors).plot().lines_[1]
    expected = [np.nan, np.nan, np.median(errors[1, 2, 1:]), np.median(errors[1, 3])]
    assert_allclose(line.get_ydata(), expected)


def test_one_repeat_has_no_band_in_the_legend():
    assert legend_texts(make_display(n_repeats=1).plot()) == ["s = 0", "s = 1"]


def test_theory_shares_colours_and_has_one_legend_entry():
    theory = np.arange(1.0, 9.0).reshape(2, 4)
    theory[0, 1] = np.inf
    display = make_display(theory=theory).plot()
    for line, dashes, values in zip(display.lines_, display.theory_lines_, theory, strict=True):
        assert_array_equal(dashes.get_ydata(), values)
        assert dashes.get_color() == line.get_color()
        assert dashes.get_linestyle() == "--"
        assert dashes.get_marker() == "None"
        assert line.get_linestyle() == "-"
    assert legend_texts(display).count("theory") == 1
    assert np.isfinite(display.ax_.get_ylim()).all()


@pytest.mark.parametrize(
    ("cls", "mark"), [(DoubleDescentDisplay, "p = n"), (PruningPathDisplay, "s = n")]
)
def test_threshold_is_marked_within_the_sizes_only(cls, mark):
    display = make_display(cls, threshold=30).plot()
    assert_array_equal(display.threshold_line_.get_xdata(), [30, 30])
    (top,) = display.ax_.child_axes
    assert [tick.get_text() for tick in top.get_xticklabels()] == [mark]
    assert_array_equal(top.get_xticks(), [30])
    for outside in 4, 81:
        display = make_display(cls, threshold=outside).plot()
        assert display.threshold_line_ is None
        assert not display.ax_.child_axes


@pytest.mark.parametrize("dense_error", [2.0, [1.0, 2.0, 9.0]])
def test_dense_line_is_a_median(dense_error):
    display = make_display(PruningPathDisplay, dense_error=dense_error).plot()
    assert_array_equal(display.dense_line_.get_ydata(), [2.0, 2.0])
    assert "dense model" in legend_texts(display)


def test_axis_labels():
    ax = make_display().plot().ax_
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Number of features p", "Mean squared error")
    ax = make_display(PruningPathDisplay).plot().ax_
    assert ax.get_xlabel() == "Number of features kept s"
    ax = make_display(width_name="p / n", error_name="Error (kg)").plot().ax_
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("p / n", "Error (kg)")


def test_curves_differ_in_more_than_colour():
    lines = make_display(n_curves=6).plot().lines_
    drawn = [(line.get_color(), line.get_marker()) for line in lines]
    assert drawn == [(color, marker) for color, marker, _ in OTHERS]
    for aspect in zip(*OTHERS, strict=True):
        assert len(set(aspect)) == 6


def test_style_keywords():
    display = make_display().plot(line_kw={"c": "red", "lw": 4}, fill_between_kw={"alpha": 0.5})
    assert {line.get_color() for line in display.lines_} == {"red"}
    assert {line.get_linewidth() for line in display.lines_} == {4}
    assert {band.get_alpha() for band in display.fill_between_} == {0.5}


def test_more_curves_than_styles():
    assert len(make_display(n_curves=8).plot().lines_) == 8


# --- scales --------------------------------------------------------------------------


@pytest.mark.parametrize(("peak", "scale"), [(4, "linear"), (6, "log")])
def test_yscale_auto(peak, scale):
    errors = np.ones((1, 4, 1))
    errors[0, 2] = peak
    assert make_display(errors=errors).plot().ax_.get_yscale() == scale
    assert make_display(errors=errors - 1).plot().ax_.get_yscale() == "linear"
    assert make_display(errors=errors).plot(yscale="linear").ax_.get_yscale() == "linear"


def test_xscale():
    assert make_display().plot().ax_.get_xscale() == "log"
    assert make_display().plot(xscale="linear").ax_.get_xscale() == "linear"


def test_peak_and_band_leave_the_axes_rather_than_squeeze_the_rest():
    errors = make_display(n_repeats=1).errors
    errors[:, 2] = 1e9
    bottom, top = make_display(errors=errors).plot().ax_.get_ylim()
    assert 0.1 < bottom < errors.min()
    assert 100 < top < 1e4
    errors = make_display().errors
    errors[..., 0] = 1e9
    bottom, top = make_display(errors=errors).plot().ax_.get_ylim()
    assert np.median(errors, axis=-1).max() < top < 10


def test_all_medians_are_within_the_axes_without_a_peak():
    errors = np.geomspace(1, 1e8, 4).reshape(1, 4, 1)
    bottom, top = make_display(errors=errors).plot().ax_.get_ylim()
    assert bottom < 1
    assert top > 1e8


def test_dense_error_counts_once_whatever_its_repeats():
    errors = np.geomspace(1, 1e8, 4).reshape(1, 4, 1)
    for dense_error in 1.0, np.ones(100):
        display = make_display(PruningPathDisplay, errors=errors, dense_error=dense_error)
        assert display.plot().ax_.get_ylim()[1] > 1e8


def test_shared_y_axis_shows_all_curves():
    errors = make_display().errors
    axes = Figure().subplots(1, 3, sharey=True)
    for ax, factor in zip(axes, [1, 30, 1], strict=True):
        make_display(errors=factor * errors).plot(ax=ax)
    medians = np.median(errors, axis=-1)
    bottom, top = axes[0].get_ylim()
    assert axes[0].get_yscale() == "log"
    assert bottom < medians.min()
    assert top > 30 * medians.max()


# --- axes and legend -----------------------------------------------------------------


def test_ax_is_used_and_no_figure_made():
    ax = Figure().subplots()
    display = make_display().plot(ax=ax)
    assert display.ax_ is ax
    assert plt.get_fignums() == []
    assert make_display().plot(ax, legend=False).legend_ is None


@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
@pytest.mark.parametrize("n_axes", [1, 3])
def test_nothing_overlaps(layout, n_axes):
    figure = plt.figure(figsize=(4 * n_axes, 4), layout=layout)
    axes = np.ravel(figure.subplots(1, n_axes))
    theory = np.ones((4, 4))
    displays = [make_display(n_curves=4, theory=theory, threshold=30).plot(ax=ax) for ax in axes]
    for ax in axes:
        ax.set_title("Title")
    figure.canvas.draw()
    legends = [display.legend_.get_window_extent() for display in displays]
    tight = [ax.get_tightbbox() for ax in axes]
    for k, ax in enumerate(axes):
        assert not legends[k].overlaps(ax.bbox)  # all data are within the axes
        assert not legends[k].overlaps(ax.xaxis.label.get_window_extent())
        (mark,) = ax.child_axes[0].get_xticklabels()
        assert not mark.get_window_extent().overlaps(ax.title.get_window_extent())
        assert not mark.get_window_extent().overlaps(ax.bbox)
        assert not any(tight[k].overlaps(other) for other in tight[:k])
        assert figure.bbox.containsx(legends[k].x0)
        assert figure.bbox.containsx(legends[k].x1)
        assert figure.bbox.containsy(legends[k].y0)


def test_subfigures():
    figure = Figure()
    display = make_display().plot(ax=figure.subfigures(1, 2)[0].subplots())
    assert display.figure_ is not figure
    assert figure.get_layout_engine() is not None


# --- invalid data --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kwargs", "match"),
    [
        ({"widths": [5, 10, 40]}, r"errors has shape \(2, 4, 7\): with 2 labels and 3 sizes"),
        ({"widths": [5, 40, 10, 80]}, "must be positive and increase"),
        ({"widths": [0, 10, 40, 80]}, "must be positive and increase"),
        ({"widths": np.ones((2, 2))}, "must be positive and increase"),
        ({"labels": ["a"]}, "errors has shape"),
        ({"errors": np.ones((2, 4))}, "errors has shape"),
        ({"errors": np.full((2, 4, 1), np.nan)}, "not all of it NaN"),
        ({"errors": np.full((2, 4, 1), np.inf)}, "errors are infinite"),
        ({"theory": np.ones((1, 4))}, r"theory has shape \(1, 4\)"),
    ],
)
def test_plot_rejects_what_does_not_fit(kwargs, match):
    with pytest.raises(ValueError, match=match):
        make_display(**kwargs).plot()


@pytest.mark.parametrize("quantiles", [(0.6, 0.9), (0.1, 0.4), (-0.1, 0.9), (0.1, 1.1)])
def test_plot_rejects_quantiles(quantiles):
    with pytest.raises(ValueError, match="quantiles is"):
        make_display().plot(quantiles=quantiles)


# --- DoubleDescentDisplay.from_estimator ----------------------------------------------


def test_double_descent_equals_cross_val_score(data, model):
    cv = ShuffleSplit(3, random_state=0)  # the same folds in each call: random_state is an int
    display = DoubleDescentDisplay.from_estimator(
        model, *data, widths=WIDTHS, budgets=[5, 20], cv=cv
    )
    assert display.labels == ["s = 5", "s = 20"]
    assert display.errors.shape == (2, 4, 3)
    for i, budget in enumerate([5, 20]):
        for j, width in enumerate(WIDTHS):
            if budget > width:
                assert np.isnan(display.errors[i, j]).all()
                continue
            model.set_params(randomfeatures__n_components=width, prunedregressor__sparsity=budget)
            scores = cross_val_score(model, *data, cv=cv, scoring="neg_mean_squared_error")
            assert_allclose(display.errors[i, j], -scores, rtol=1e-8)
    assert display.threshold == 54
    assert_array_equal(display.threshold_line_.get_xdata(), [54, 54])
    assert_allclose(display.lines_[0].get_ydata(), np.median(display.errors[0], axis=-1))


def test_all_curves_have_the_same_folds(data, model):
    display = DoubleDescentDisplay.from_estimator(
        model.set_params(prunedregressor__strategy="random", prunedregressor__random_state=0),
        *data,
        widths=[10, 11],
        budgets=[10],
        cv=KFold(3, shuffle=True),
    )
    again = DoubleDescentDisplay.from_estimator(
        make_pipeline(PCA(), MinNormRegressor()),
        np.ones((60, 2)) * data[1][:, np.newaxis],
        data[1],
        widths=[1, 2],
        cv=KFold(3, shuffle=True),
    )
    assert display.errors.shape == (1, 2, 3)
    assert_allclose(again.errors[0, 0], again.errors[0, 1], atol=1e-12)


def test_one_curve_of_the_estimator_as_it_is(data):
    model = make_pipeline(RandomFeatures(random_state=0), MinNormRegressor())
    before = str(model.get_params())
    display = DoubleDescentDisplay.from_estimator(model, *data, widths=[5, 10], cv=3)
    assert display.labels == ["estimator"]
    assert display.errors.shape == (1, 2, 3)
    assert str(model.get_params()) == before


@pytest.mark.parametrize(
    ("scoring", "error", "name"),
    [
        ("neg_mean_absolute_error", lambda score: -score, "Mean absolute error"),
        ("r2", lambda score: 1 - score, "1 - R²"),
        ("explained_variance", lambda score: 1 - score, "1 - explained_variance"),
        (None, lambda score: 1 - score, "1 - score"),
        (make_scorer(mean_absolute_error, greater_is_better=False), np.negative, "Error"),
    ],
)
def test_scoring(data, model, scoring, error, name):
    display = DoubleDescentDisplay.from_estimator(model, *data, widths=[10], cv=3, scoring=scoring)
    model.set_params(randomfeatures__n_components=10)
    scores = cross_val_score(model, *data, cv=3, scoring=scoring)
    assert_allclose(display.errors[0, 0], error(scores), rtol=1e-8)
    assert display.ax_.get_ylabel() == name


@pytest.mark.parametrize("cls", DISPLAYS)
def test_parallel_jobs_change_nothing(cls, data, model):
    if cls is DoubleDescentDisplay:
        kwargs = {"widths": [5, 10], "budgets": [5], "cv": 3}
    else:
        kwargs = {"sparsities": [2, 4], "cv": 3}
    one, two = (cls.from_estimator(model, *data, **kwargs, n_jobs=n) for n in (1, 2))
    assert_array_equal(one.errors, two.errors)


def test_from_estimator_passes_on(data, model):
    ax = Figure().subplots()
    theory = np.ones((1, 2))
    display = DoubleDescentDisplay.from_estimator(
        model, *data, widths=[5, 10], cv=3, theory=theory, ax=ax, legend=False, xscale="linear"
    )
    assert display.ax_ is ax
    assert display.legend_ is None
    assert ax.get_xscale() == "linear"
    assert display.theory is theory


def test_parameters_are_found_among_others(data):
    model = make_pipeline(PCA(), RandomFeatures(random_state=0), PrunedRegressor())
    display = DoubleDescentDisplay.from_estimator(model, *data, widths=[20, 30], budgets=[15], cv=3)
    model.set_params(randomfeatures__n_components=30, prunedregressor__sparsity=15)
    scores = cross_val_score(model, *data, cv=3, scoring="neg_mean_squared_error")
    assert_allclose(display.errors[0, 1], -scores, rtol=1e-8)


def test_any_step_with_components_will_do_and_names_can_be_given(data):
    model = make_pipeline(PCA(random_state=0), PrunedRegressor())
    auto = DoubleDescentDisplay.from_estimator(model, *data, widths=[2, 4], cv=3)
    named = DoubleDescentDisplay.from_estimator(
        model, *data, widths=[2, 4], cv=3, width_param="pca__n_components"
    )
    assert_array_equal(auto.errors, named.errors)


@pytest.mark.parametrize(
    ("steps", "kwargs", "match"),
    [
        ([PrunedRegressor()], {}, "'auto' stands for no parameter of Pipeline.*n_components'"),
        ([RandomFeatures(), LinearRegression()], {"budgets": [3]}, "no parameter.*sparsity'"),
        ([PCA(), PCA(), LinearRegression()], {}, "'pca-1__n_components', 'pca-2__n_comp"),
        ([RandomFeatures(), PrunedRegressor()], {"width_param": "a__b"}, "'a__b' stands for no"),
        ([RandomFeatures(), PrunedRegressor()], {"sparsity_param": "a", "budgets": [3]}, "'a' "),
        ([RandomFeatures(), PrunedRegressor()], {"widths": [10, 5]}, "widths is .* increasing"),
        ([RandomFeatures(), PrunedRegressor()], {"widths": []}, "widths is"),
        ([RandomFeatures(), PrunedRegressor()], {"widths": [0.5, 1]}, "widths is"),
        ([RandomFeatures(), PrunedRegressor()], {"budgets": [11]}, "at most 10, the largest width"),
        ([RandomFeatures(), PrunedRegressor()], {"budgets": [0]}, "budgets is"),
        ([RandomFeatures(), PrunedRegressor()], {"theory": [1, 2]}, "theory has shape"),
    ],
)
def test_from_estimator_rejects(data, steps, kwargs, match):
    with pytest.raises(ValueError, match=match):
        DoubleDescentDisplay.from_estimator(
            make_pipeline(*steps), *data, **{"widths": [5, 10]} | kwargs
        )


def test_failing_fits_are_not_hidden(data, model):
    model.set_params(prunedregressor__strategy="nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        DoubleDescentDisplay.from_estimator(model, *data, widths=[5])


# --- PruningPathDisplay.from_estimator --------------------------------------------------


@pytest.mark.parametrize("retrain", [True, False, RidgeCV()])
def test_path_equals_cross_val_score(data, retrain):
    X, y = data
    model = PrunedRegressor(retrain=retrain)
    display = PruningPathDisplay.from_estimator(model, X, y, sparsities=[2, 5], cv=3)
    assert display.labels == ["not retrained", "retrained"]

    def errors(estimator):
        return -cross_val_score(estimator, X, y, cv=3, scoring="neg_mean_squared_error")

    for j, s in enumerate([2, 5]):
        refit = True if retrain is False else retrain
        assert_array_equal(display.errors[0, j], errors(PrunedRegressor(sparsity=s, retrain=False)))
        assert_array_equal(display.errors[1, j], errors(PrunedRegressor(sparsity=s, retrain=refit)))
    assert_allclose(display.dense_error, errors(MinNormRegressor()))
    assert_allclose(display.dense_line_.get_ydata()[0], np.median(display.dense_error))
    assert model.retrain is retrain


def test_path_of_a_pipeline_spans_what_reaches_the_regressor(data, model):
    model.set_params(randomfeatures__n_components=70)
    display = PruningPathDisplay.from_estimator(model, *data, cv=3)
    assert display.sparsities[0] == 1
    assert display.sparsities[-1] == 70
    assert len(display.sparsities) <= 15
    assert display.threshold == 40
    assert display.threshold_line_ is not None
    # with all features kept, nothing has been pruned
    assert_allclose(display.errors[0, -1], display.dense_error)
    assert_allclose(display.errors[1, -1], display.dense_error)


def test_path_names_and_errors(data, model):
    name = "prunedregressor__sparsity"
    display = PruningPathDisplay.from_estimator(
        model, *data, sparsities=[3], sparsity_param=name, cv=3, scoring="r2"
    )
    assert display.ax_.get_ylabel() == "1 - R²"
    with pytest.raises(ValueError, match="no parameter of LinearRegression"):
        PruningPathDisplay.from_estimator(LinearRegression(), *data)
    with pytest.raises(ValueError, match="sparsities is"):
        PruningPathDisplay.from_estimator(model, *data, sparsities=[0.5])


# --- from_predictions -------------------------------------------------------------------


@pytest.mark.parametrize("targets", [(), (2,)])
def test_from_predictions_by_hand(targets):
    rng = np.random.default_rng(0)
    y_true = rng.standard_normal((6, *targets))
    y_pred = rng.standard_normal((3, 4, 5, *y_true.shape))
    display = DoubleDescentDisplay.from_predictions(
        y_true, y_pred, widths=WIDTHS, threshold=30, theory=np.ones((3, 4))
    )
    assert display.labels == ["model 1", "model 2", "model 3"]
    for index in np.ndindex(3, 4, 5):
        expected = np.mean((y_pred[index] - y_true) ** 2)
        assert display.errors[index] == pytest.approx(expected)
    assert len(display.theory_lines_) == 3
    assert display.threshold_line_ is not None


def test_from_predictions_with_fewer_axes():
    y_true = np.arange(6.0)
    y_pred = y_true + np.arange(1.0, 9.0).reshape(2, 4, 1)
    display = DoubleDescentDisplay.from_predictions(y_true, y_pred, widths=WIDTHS)
    assert_array_equal(display.errors[..., 0], np.arange(1.0, 9.0).reshape(2, 4) ** 2)
    display = DoubleDescentDisplay.from_predictions(y_true, y_pred[0], widths=WIDTHS, labels=["a"])
    assert_array_equal(display.errors[..., 0], [[1, 4, 9, 16]])
    assert display.labels == ["a"]


@pytest.mark.parametrize("dense_shape", [(6,), (3, 6)])
def test_path_from_predictions(dense_shape):
    y_true = np.arange(6.0)
    y_pred = y_true + np.ones((2, 4, 3, 1))
    dense = np.broadcast_to(y_true + 2, dense_shape)
    display = PruningPathDisplay.from_predictions(
        y_true, y_pred, sparsities=WIDTHS, labels=["a", "b"], y_pred_dense=dense, threshold=40
    )
    assert_array_equal(display.errors, np.ones((2, 4, 3)))
    assert_array_equal(display.dense_line_.get_ydata(), [4, 4])
    assert display.threshold_line_ is not None
    display = PruningPathDisplay.from_predictions(y_true, y_pred, sparsities=WIDTHS)
    assert display.dense_line_ is None
    assert display.labels == ["model 1", "model 2"]


@pytest.mark.parametrize("shape", [(4, 5), (6,), (1, 2, 4, 3, 6)])
def test_from_predictions_rejects_shapes(shape):
    with pytest.raises(ValueError, match="y_pred has shape"):
        DoubleDescentDisplay.from_predictions(np.zeros(6), np.zeros(shape), widths=WIDTHS)


# --- matplotlib is optional ---------------------------------------------------------------


@pytest.mark.parametrize("cls", DISPLAYS)
@pytest.mark.parametrize("method", ["plot", "from_estimator", "from_predictions"])
def test_error_without_matplotlib(cls, method, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    sizes = {"widths" if cls is DoubleDescentDisplay else "sparsities": [1]}
    call = {
        "plot": make_display(cls).plot,
        "from_estimator": partial(cls.from_estimator, PrunedRegressor(), None, None, **sizes),
        "from_predictions": partial(cls.from_predictions, None, None, **sizes),
    }[method]
    with pytest.raises(ImportError) as caught:
        call()
    expected = f"{cls.__name__}.{method} needs matplotlib: pip install matplotlib"
    assert str(caught.value) == expected


def test_import_leaves_matplotlib_alone():
    code = "import sys, sklearn_prune; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_strategies_of_one_name_are_told_apart(rng):
    X, y = rng.standard_normal((40, 8)), rng.standard_normal(40)
    strategies = ["magnitude", lambda c, X, y: np.abs(c), lambda c, X, y: -np.abs(c)]
    model = PrunedRegressorCV(strategies, cv=3).fit(X, y)
    display = PruningPathDisplay.from_estimator(model)
    assert sorted(display.labels) == ["<lambda> (1)", "<lambda> (2)", "magnitude"]
    assert len(display.errors) == 3


def test_a_second_display_on_the_same_axes(rng):
    y, predictions = rng.standard_normal(7), rng.standard_normal((2, 3, 4, 7))
    ax = plt.subplots()[1]
    for labels in ("ab", "cd"):
        display = DoubleDescentDisplay.from_predictions(
            y, predictions, widths=[1, 2, 3], labels=list(labels), ax=ax
        )
    names = [text.get_text() for text in display.legend_.get_texts()]
    assert names[:4] == list("abcd")
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 4


def test_default_widths_surround_the_training_samples():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((60, 3)), rng.standard_normal(60)
    model = make_pipeline(RandomFeatures(random_state=0), PrunedRegressor())
    display = DoubleDescentDisplay.from_estimator(model, X, y, cv=3)
    assert display.threshold == 40
    assert display.widths == [2, 4, 8, 14, 20, 28, 34, 40, 48, 60, 80, 120, 160]
    budgets = DoubleDescentDisplay.from_estimator(model, X, y, cv=3, budgets=[3, 200])
    assert budgets.widths == sorted([*display.widths, 3, 200])
    begins = np.isnan(budgets.errors[:, :, 0]).sum(axis=1)
    assert [budgets.widths[k] for k in begins] == [3, 200]


def test_default_widths_of_few_samples():
    assert default_widths(4.0, []) == [1, 2, 3, 4, 5, 6, 8, 12, 16]
