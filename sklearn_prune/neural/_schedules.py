"""How many weights each round of pruning leaves."""

from __future__ import annotations

from typing import Any

from sklearn_prune._checks.arguments import check_enough_to_prune, falling_sizes

from ._checks import check_choice

SCHEDULES = ("geometric", "linear", "cubic")


def scheduled_sizes(n_weights: int, n_keep: int, n_rounds: Any, schedule: Any) -> list[int]:
    """Return how many weights each round leaves, the last one `n_keep`.

    After the share t of the rounds the number is

    - ``n_weights (n_keep / n_weights)^t``, a constant factor a round: "geometric";
    - ``n_weights - t (n_weights - n_keep)``, as many a round: "linear";
    - ``n_keep + (n_weights - n_keep) (1 - t)^3``, most of all in the first rounds: "cubic", after
      M. Zhu, S. Gupta, "To prune, or not to prune", 2017 (arXiv:1710.01878).

    Raises
    ------
    ValueError
        If `schedule` is unknown, or `n_rounds` no int of at least 1, or far more than weights.
    """
    check_choice("schedule", schedule, SCHEDULES)
    check_enough_to_prune(n_rounds, n_weights, "weights")
    if schedule == "geometric":
        sizes = falling_sizes(n_weights, n_keep, n_rounds)
    else:
        power = 1 if schedule == "linear" else 3
        left = [(1 - k / n_rounds) ** power for k in range(1, n_rounds + 1)]
        sizes = [n_keep + (n_weights - n_keep) * share for share in left]
    return [max(n_keep, round(size)) for size in sizes]
