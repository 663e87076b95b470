"""Backward elimination of groups of columns that refits every candidate."""

import numpy as np


def weighted_loss(X, Y, weights, *, centred):
    """Return a function from columns to the residual sum of squares of a fit to them."""
    root = np.sqrt(weights)[:, np.newaxis]
    if centred:
        share = weights / weights.sum()
        X, Y = X - share @ X, Y - share @ Y
    scale = np.linalg.norm(root * X, axis=0)
    A, b = root * X / np.where(scale > 0, scale, 1), root * Y

    def loss(columns):
        return ((b - A[:, columns] @ np.linalg.lstsq(A[:, columns], b)[0]) ** 2).sum()

    return loss


def survival(loss, selection):
    """Return the score of each column: when its group goes, with the loss after each removal."""
    columns = np.arange(len(selection.groups))
    costs = np.ones(selection.n_groups) if selection.costs is None else selection.costs
    left, scores = np.flatnonzero(~selection.stays).tolist(), np.zeros(selection.n_groups)

    def after(group):
        return loss(columns[~np.isin(selection.groups, [*gone, group])])

    gone = []
    while left:
        before = loss(columns[~np.isin(selection.groups, gone)])
        ratios = [(after(group) - before) / costs[group] for group in left]
        gone.append(left.pop(int(np.argmin(ratios))))
        scores[gone[-1]] = len(gone)
    scores[selection.stays] = len(gone) + 1
    return scores[selection.groups]
