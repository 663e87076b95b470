"""What a path is fitted to: numbers, or classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import is_classifier

from sklearn_prune._checks.arguments import check_bool
from sklearn_prune._checks.class_data import check_class_data
from sklearn_prune._checks.training_data import check_training_data
from sklearn_prune._pruning.refit import CLASS_DISTILLATIONS, DISTILLATIONS

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.recipe import Recipe


def distillations(classification: Any) -> tuple[str, ...]:
    """Return what `retrain` may be called, of classes or of numbers.

    Raises
    ------
    ValueError
        If `classification` is neither True nor False.
    """
    known = check_bool(classification, "classification")
    return CLASS_DISTILLATIONS if known else DISTILLATIONS


def check_path_data(
    recipe: Recipe, given: tuple[Any, ...], class_weight: Any, *, classification: bool
) -> TrainingData:
    """Validate the data of a path, without the weights of the classes.

    Parameters
    ----------
    recipe : Recipe
    given : tuple
        X and y, weights of the samples, and unlabelled ones, if any.
    class_weight : object
        What the user gave.
    classification : bool
        Whether y is labels.

    Raises
    ------
    ValueError
        As `check_class_data` or `check_training_data`; and if these are no numbers, or there
        are weights of classes without classes.
    """
    if classification:
        options = {"class_weight": class_weight, "distill": recipe.distill}
        return check_class_data(None, *given, **options)
    _refuse_classes(recipe, given[1])
    if class_weight is not None:
        msg = f"class_weight is {class_weight!r}: give classification=True, too, or none."
        raise ValueError(msg)
    return check_training_data(None, *given, distill=recipe.distill)


def _refuse_classes(recipe: Recipe, y: Any) -> None:
    for model in recipe.regressors:
        if hasattr(model, "fit") and not isinstance(model, type) and is_classifier(model):
            msg = (
                f"{type(model).__name__} is a classifier: give classification=True, too, or a "
                "linear regressor."
            )
            raise ValueError(msg)
    for label in np.ravel(np.asarray(y))[:1].tolist():
        if isinstance(label, str | bytes | bool | np.bool_):
            msg = f"y is labels, such as {label!r}: give classification=True, or numbers."
            raise ValueError(msg)
