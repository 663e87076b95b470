"""Choose the sparsity of a truly sparse model by a criterion, without folds."""

from __future__ import annotations

from sklearn.linear_model import LassoLarsIC

from sklearn_prune import PrunedRegressorCV, pruning_path

from .data import OracleSupport, truly_sparse
from .harness import Method, Task, measure
from .peers import N_FOLDS, abess_information, fit, optional, selection_quality


def run(effort):
    """Yield the rows of the task."""
    draws = effort.with_draws()
    n, p, n_true, largest = map(draws, (600, 2000, 40, 100))
    sizes = list(range(1, largest + 1))
    numbers = f"n={n}, p={p}, {n_true} true features, s up to {largest}"
    yield measure(
        Task(
            "Sparsity by a criterion",
            f"{numbers}, mean of {draws.repeats} draws",
            [*ours(sizes), *others()],
            lambda seed: truly_sparse(n, p, n_true, seed),
        ),
        draws,
    )


def ours(sizes):
    """Return one path, which is the reference, the criteria, and the folds that they spare."""

    def path(data):
        return pruning_path(data.X, data.y, strategy="obs", sparsities=sizes)

    criteria = [
        Method(
            f"PrunedRegressorCV({strategy!r}, criterion={name!r})",
            fit(PrunedRegressorCV(strategy, sizes, criterion=name)),
            selection_quality,
        )
        for strategy, name in [
            ("obs", "ebic"),
            ("obs", "bic"),
            ("obs", "gcv"),
            ("magnitude", "ebic"),
        ]
    ]
    folds = Method(
        f"PrunedRegressorCV('obs', cv={N_FOLDS})",
        fit(PrunedRegressorCV("obs", sizes, cv=N_FOLDS)),
        selection_quality,
    )
    return [Method("pruning_path('obs'), nothing chosen", path), *criteria, folds]


def others():
    """Return best subset selection, the Lasso, and what the truth would reach."""

    def abess():
        return [Method("abess, EBIC", abess_information(), selection_quality, note="its default")]

    def lasso(name):
        model = LassoLarsIC(criterion=name, noise_variance=None)
        return Method(
            f"LassoLarsIC({name!r})",
            lambda data: model.set_params(noise_variance=data.y.var() / 6).fit(data.X, data.y),
            selection_quality,
            note="told the variance of the noise",
        )

    return [
        *optional("abess", abess),
        lasso("bic"),
        Method(
            "LinearRegression on the true features",
            lambda data: OracleSupport(data.truth).fit(data.X, data.y),
            selection_quality,
        ),
    ]
