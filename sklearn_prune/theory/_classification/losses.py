"""Which losses, and which errors, go with which problems."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_prune.theory._checks import check_choice, shown
from sklearn_prune.theory._problems.binary import BinaryProblem
from sklearn_prune.theory._problems.classifier_metrics import METRICS
from sklearn_prune.theory._problems.gaussian_mixture import GaussianMixtureProblem
from sklearn_prune.theory._rounds.choice_of_steps import has_rounds

LOSSES = ("squared", "logistic", "max_margin")


def has_classes(problem: Any) -> bool:
    """Return whether the labels of a problem are classes."""
    return isinstance(problem, BinaryProblem | GaussianMixtureProblem)


def check_losses(
    problem: Any, loss: Any, retrain_loss: Any, metric: Any, retrain: Any
) -> tuple[str, str, str]:
    """Return both losses and the error, with their defaults in the place of None.

    Raises
    ------
    ValueError
        If there is no such loss or error, or not for this problem.
    """
    check_choice(loss, "loss", LOSSES)
    check_choice(retrain_loss, "retrain_loss", LOSSES)
    check_choice(metric, "metric", METRICS)
    if retrain_loss is not None and retrain is None:
        msg = f"retrain_loss is {retrain_loss!r}, but nothing is refitted: give it with retrain."
        raise ValueError(msg)
    loss = loss or "squared"
    retrain_loss = retrain_loss or loss
    classes = has_classes(problem)
    metric = metric or ("zero_one" if classes else "squared_error")
    if not classes and (loss, retrain_loss, metric) != ("squared", "squared", "squared_error"):
        msg = (
            f"loss={loss!r}, retrain_loss={retrain_loss!r} and metric={metric!r} need classes: "
            "give a BinaryProblem or a GaussianMixtureProblem."
        )
        raise ValueError(msg)
    return loss, retrain_loss, metric


def check_classifier(
    problem: BinaryProblem | GaussianMixtureProblem,
    losses: tuple[str, str, str],
    options: dict[str, Any],
) -> None:
    """Raise a ValueError if the theory of classifiers does not cover some steps.

    Parameters
    ----------
    problem : BinaryProblem or GaussianMixtureProblem
    losses : tuple of str
        Loss, loss of the refit, and error.
    options : dict
        What `Steps` needs beside a problem.
    """
    squared = losses[:2] == ("squared", "squared")
    msg = None
    if options["compression"] is not None:
        msg = (
            f"compression is {shown(options['compression'])}: the theory of classifiers has none, "
            "give strategy and sparsity, or problem.linear."
        )
    elif options["finite_n"] and not (squared and losses[2] == "squared_error"):
        msg = 'finite_n=True is for loss="squared" with metric="squared_error" alone: leave it out.'
    elif isinstance(problem, GaussianMixtureProblem) and not squared:
        loss = next(loss for loss in losses if loss != "squared")
        msg = (
            f"loss={loss!r} has no theory for a GaussianMixtureProblem: give "
            'loss="squared" for both fits, or a BinaryProblem.'
        )
    elif has_rounds(options) and not squared:
        msg = 'Several rounds are for loss="squared" alone.'
    elif options["strategy"] == "obs" and not squared:
        msg = 'strategy="obs" is for loss="squared" alone: give "obs-one-shot".'
    elif options["retrain"] in {"distill", "pulled"} and not squared:
        retrain = options["retrain"]
        msg = f'retrain="{retrain}" is for loss="squared" alone: give "fresh" or "same".'
    elif not squared and np.ndim(options["alpha"]) + np.ndim(options["retrain_alpha"]):
        msg = 'Several penalties to choose from are for loss="squared" alone: give one.'
    elif (
        not options["fit_intercept"]
        and isinstance(problem, BinaryProblem)
        and problem.needs_intercept
    ):
        msg = "The features have means: give fit_intercept=True."
    if msg is not None:
        raise ValueError(msg)
