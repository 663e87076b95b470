"""What the searches over whole paths have in common: candidates, sizes, the choice."""

from __future__ import annotations

from itertools import product
from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.metadata_routing import UNUSED, MetadataRouter, MethodMapping

from sklearn_prune._checks.arguments import check_alphas, check_bool
from sklearn_prune._least_squares.targeted_ridge import TargetedRidge
from sklearn_prune._pruning.pruned import rule_of
from sklearn_prune._pruning.recipe import Recipe

from .candidates import Candidate
from .coarse_to_fine import coarse_sizes, finer_sizes
from .criterion_checks import check_criterion, check_criterion_alone, check_has_freedom
from .per_target_criterion import PerTargetCriterion
from .per_target_search import PerTargetSearch
from .selections import Selections


class PrunedSearch(CallbackSupportMixin):
    """Base of the estimators that choose their sparsity by cross-validation.

    A subclass has the parameters, and says how a model is made of them (`_model`), how its
    dense model is penalised (`_penalised`), and how it is fitted.
    """

    # They are for the splitter, as in scikit-learn's own searches.
    __metadata_request__fit: ClassVar = {"groups": UNUSED}

    # What `retrain` may be other than a bool, and what does the rest.
    _distillations: ClassVar[tuple[str, ...]]
    _other_refits: ClassVar[str]

    def _choose(self, candidates, data, search, table, progress):
        """Score all candidates, and fit the best one to all data."""
        candidates = [candidate.for_data(data) for candidate in candidates]
        sizes = self._sizes(data, search, candidates)
        if candidates[0].recipes[0].per_target:
            search = (PerTargetCriterion if self.criterion else PerTargetSearch)(search)
        recipe = self._compare(candidates, sizes, search, table, progress)
        self.n_splits_ = len(search.splits)
        self.best_score_ = float(self.cv_results_["mean_test_score"][self.best_index_])
        for name in ("strategy", "alpha", "retrain_alpha", "sparsity"):
            setattr(self, f"{name}_", self.cv_results_[name].tolist()[self.best_index_])
        self._judge(table, search)
        self.fold_supports_ = self._fold_supports()
        with progress.task("final fit"):
            self._fit_best(recipe, data, search)
        return self

    def _compare(self, candidates, sizes, search, table, progress):
        """Fill the table, and return the recipe of its best row."""
        tried = coarse_sizes(sizes) if self._refines(candidates) else sizes
        recipes = []
        while len(tried):
            recipes += self._score(candidates, tried, search, table, progress)
            self.cv_results_ = table.to_dict()
            self.best_index_ = table.choose(
                self.cv_results_, one_standard_error=self.one_standard_error
            )
            known = np.unique(self.cv_results_["sparsity"])
            tried = finer_sizes(sizes, known, self.cv_results_["sparsity"][self.best_index_])
        return recipes[self.best_index_]

    def _fit_best(self, recipe, data, search):
        """Fit the chosen model to all data, from what the search knows of the dense fit."""
        dense = search.full_fit(recipe, self.alpha_)
        scores = None if dense is None else search.full_scores(recipe, dense)
        self.best_estimator_ = best = self._model(
            recipe, self.strategy_, recipe.sparsity(self.sparsity_)
        )
        self._fit_model(best, recipe, data, dense, scores)
        self.coef_ = best.coef_
        self.intercept_ = best.intercept_
        self.support_ = best.support_
        self.feature_groups_, self.group_support_ = best.feature_groups_, best.group_support_

    def _judge(self, table, search):
        """Say how good the choice is, as far as folds or a criterion tell."""
        for name in "honest_score_", "honest_score_std_error_", "noise_variance_":
            self.__dict__.pop(name, None)  # of an earlier fit
        if self.criterion is not None:
            noise = search.noise_variance
            self.noise_variance_ = noise if noise is None or len(noise) > 1 else float(noise[0])
        judged = table.honest_score(one_standard_error=self.one_standard_error)
        if judged is not None:
            self.honest_score_, self.honest_score_std_error_ = judged

    def _check_criterion(self, candidates, groups):
        """Raise ValueError if a criterion is unknown, or does not go with other parameters."""
        check_criterion(self.criterion, self.noise_variance)
        if self.criterion is not None:
            check_criterion_alone(self, groups)
            check_has_freedom(self.criterion, candidates[0].recipes[0])

    def _score(self, candidates, sizes, search, table, progress):
        """Add the scores of all candidates to a table; return the recipe of each of its rows."""
        rows = []
        for strategy, alpha, retrain_alphas, recipes in candidates:
            with progress.task(f"{strategy}, alpha={alpha}", None) as search.progress:
                if table.reads_models:
                    paths = [self._models(recipe, strategy, sizes, search) for recipe in recipes]
                    scores = map(table.score, paths)
                    selections = Selections.of_models(paths[0], sizes)
                else:
                    scores = search.scores(recipes, alpha, sizes, table)
                    selections = search.selections(recipes[0], alpha)
                for recipe, retrain_alpha, folds in zip(
                    recipes, retrain_alphas, scores, strict=True
                ):
                    table.add(strategy, alpha, retrain_alpha, sizes, folds, selections)
                    rows += [recipe] * len(sizes)
        return rows

    def _fold_supports(self):
        """Return what each fold keeps of the chosen model, None without folds."""
        if "selection_frequency" not in self.cv_results_:
            return None
        chosen = self.cv_results_["selection_frequency"][self.best_index_]
        return chosen.selections.supports(chosen.size)

    def get_metadata_routing(self):
        """Return how metadata such as `groups` reach the splitter.

        Returns
        -------
        MetadataRouter
            Routing information of scikit-learn.
        """
        router = MetadataRouter(owner=self).add_self_request(self)
        return router.add(
            splitter=self.cv,
            method_mapping=MethodMapping().add(caller="fit", callee="split"),
        )

    def _candidates(self):
        """Return what is compared; what is random has the same seed in every fold."""
        several = isinstance(self.strategy, list | tuple)
        strategies = list(self.strategy) if several else [self.strategy]
        if not strategies:
            msg = "strategy is empty: give at least one."
            raise ValueError(msg)
        candidates = [
            Candidate(
                strategy,
                alpha,
                retrain_alphas,
                [self._recipe(strategy, alpha, penalty) for penalty in retrain_alphas],
            )
            for strategy, (alpha, retrain_alphas) in product(strategies, self._penalties())
        ]
        seed = self.random_state
        if isinstance(seed, Integral) or not any(c.recipes[0].strategy.draws for c in candidates):
            return candidates
        seed = check_random_state(seed).randint(np.iinfo(np.int32).max)
        return [candidate.seeded(seed) for candidate in candidates]

    def _penalties(self):
        """Return the penalties of the dense model, each with those of the refit."""
        is_bool = isinstance(self.retrain, bool | np.bool_)
        targeted = isinstance(self.retrain, TargetedRidge)
        if not (is_bool or targeted or self.retrain in self._distillations):
            known = ", ".join(f'"{name}"' for name in self._distillations)
            msg = (
                f"retrain is {self.retrain!r}: give True, False, {known} or TargetedRidge(), and "
                "penalties of the refit as retrain_alphas. For other refits search over a "
                f"{self._other_refits}."
            )
            raise ValueError(msg)
        check_bool(self.fit_intercept, "fit_intercept")
        check_bool(self.one_standard_error, "one_standard_error")
        alphas = check_alphas(self.alphas, "alphas", default=[self._default_alpha()])
        if self.retrain_alphas is None:
            return [(alpha, [self._refit_alpha(alpha)]) for alpha in alphas]
        if not (is_bool or targeted) or not self.retrain:
            msg = (
                "retrain_alphas are for retrain=True or TargetedRidge(), and retrain is "
                f"{self.retrain!r}."
            )
            raise ValueError(msg)
        retrain_alphas = check_alphas(self.retrain_alphas, "retrain_alphas")
        return [(alpha, retrain_alphas) for alpha in alphas]

    def _refit_alpha(self, alpha):
        """Return the penalty of the refit if no others are tried, None if there is no refit."""
        if isinstance(self.retrain, TargetedRidge):
            return self.retrain.alpha
        return alpha if self.retrain else None

    def _splits(self, data, splitter, X, y, groups):
        """Return the rows to train on, and those that are held out, of all folds."""
        splits = list(data.splits(splitter, X, y, groups))
        if not splits:
            msg = f"cv is {self.cv!r}, which has no folds: give at least one, or an int."
            raise ValueError(msg)
        return splits

    def _default_alpha(self):
        """Return the penalty of the dense model if none is given."""
        return 0.0

    def _refines(self, candidates):
        """Return whether sizes are tried from coarse to fine, not all of them."""
        return False

    def _sizes(self, data, search, candidates):
        """Return the sizes among which to choose."""
        recipe, most = candidates[0].recipes[0], data.X.shape[1]
        if self.sparsities is not None:
            return recipe.check_sizes(self.sparsities, most)
        if self.retrain:
            # A ridge takes the rank that there can be, hence the largest one.
            rank = search.rank(next((c.alpha for c in candidates if c.alpha > 0), 0.0))
            interpolates = rank == search.fewest_rows - bool(search.fit_intercept)
            most = max(1, rank - interpolates)
        if self.criterion is not None:
            most = min(most, max(1, search.n_samples // 2))
        return recipe.all_sizes(most)

    def _recipe(self, strategy, alpha, retrain_alpha):
        """Return what happens to the dense model of one penalty."""
        refit = self.retrain
        if self.retrain_alphas is not None and isinstance(refit, TargetedRidge):
            refit = clone(refit).set_params(alpha=retrain_alpha)
        elif self.retrain_alphas is not None:
            refit = self._penalised(retrain_alpha)
        return Recipe.of(
            strategy,
            refit,
            self._penalised(alpha),
            saliency=self.saliency,
            random_state=self.random_state,
            names=self._distillations,
            rule=rule_of(self),
            per_target=self.per_target,
        )

    def _models(self, recipe, strategy, sizes, search):
        """Return the models of every fold, fitted one by one, for scorers that look at them."""
        folds = [search.data.take(train) for train, _ in search.splits]
        sparsities = map(recipe.sparsity, sizes.tolist())
        models = [self._model(recipe, strategy, sparsity) for sparsity in sparsities]
        return [[self._fit_model(clone(model), recipe, data) for model in models] for data in folds]
