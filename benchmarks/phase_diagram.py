"""Which way to prune a linear model is best, by theory alone: a map of problems.

    OMP_NUM_THREADS=1 python benchmarks/phase_diagram.py [--draw]

Writes benchmarks/results/phase_diagram.csv, a row for each way to prune each problem, and
phase_diagram_checks.csv, three of the predictions beside simulations; and from them the
figures of the documentation, docs/images/phase_diagram_light.png and ..._dark.png. That takes
half an hour on two cores; with --draw it only draws. Every way has its own best penalties. A
problem belongs to the simplest way whose risk is within a hundredth of the least.
"""

from __future__ import annotations

import argparse
import csv
from itertools import product
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from sklearn.linear_model import Ridge

from sklearn_prune import PrunedRegressor
from sklearn_prune.theory import (
    LinearGaussianProblem,
    optimal_penalties,
    predict_risk,
    rank_strategies,
)

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "benchmarks" / "results" / "phase_diagram.csv"
CHECKS = TABLE.with_name("phase_diagram_checks.csv")
FIGURE = ROOT / "docs" / "images" / "phase_diagram_{}.png"

N = 100
WIDTHS = [25, 40, 63, 100, 160, 250, 400]
SIZES = [4, 8, 16, 32, 64]
NOISE = 0.25  # of a signal of variance 1
SIGNALS = {"one feature in five matters": 0.2, "all features matter": 1.0}
COVARIANCES = {
    "independent, of one variance": np.ones,
    "independent, of variance $1/i$": lambda p: 1 / np.arange(1, p + 1),
    "neighbours correlated by 0.8": lambda p: 0.8 ** np.abs(np.subtract.outer(*[np.arange(p)] * 2)),
}
# Where variances are equal, that of a feature alone does not matter.
STRATEGIES = {
    "independent, of one variance": ["magnitude"],
    "independent, of variance $1/i$": ["magnitude", "hessian", "obs-one-shot"],
    "neighbours correlated by 0.8": ["magnitude", "obs-one-shot"],
}
N_ROUNDS = 4
N_DRAWS, N_MORE_DRAWS = 20, 200  # for penalties, and for the risk at those that are best

# Ways to prune, the simplest first, and their colours.
WAYS = {
    "prune": "#f0c35e",
    "prune, retrain": "#8cc5e3",
    f"prune and retrain in {N_ROUNDS} rounds": "#5fb99a",
    "eliminate one by one, retrain": "#d99ac0",
}
SCORES = {"magnitude": "", "hessian": "H", "obs-one-shot": "S", "obs": ""}

# Problems that are simulated: signal, covariance, p and s.
POINTS = [
    ("one feature in five matters", "independent, of variance $1/i$", 250, 16),
    ("one feature in five matters", "neighbours correlated by 0.8", 63, 16),
    ("all features matter", "neighbours correlated by 0.8", 160, 32),
]
N_SIMULATED = 400

WAY = ["strategy", "retrain", "n_rounds", "alpha", "retrain_alpha"]
TABLE_FIELDS = ["signal", "covariance", "p", "s", *WAY, "risk"]


def problem_of(signal, covariance, p):
    """Return a problem whose signal has the variance 1."""
    rng = np.random.default_rng(0)
    coef = rng.standard_normal(p) * (rng.permutation(p) < SIGNALS[signal] * p)
    plain = LinearGaussianProblem(COVARIANCES[covariance](p), coef, NOISE)
    size = np.linalg.norm(plain.signal)
    return LinearGaussianProblem(plain.covariance, coef / size, NOISE)


def rows_of(signal, covariance, p, s):
    """Return the ways to prune one problem, and a model of s features that are drawn."""
    problem = problem_of(signal, covariance, p)
    how = {"n_draws": N_DRAWS, "random_state": 0}
    ways = rank_strategies(
        problem,
        N,
        s,
        strategies=STRATEGIES[covariance],
        n_rounds=[1],
        retrain=[None, "same"],
        **how,
    )
    retrained = next(way for way in ways if way.retrain)
    several = {"strategies": [retrained.strategy], "n_rounds": [N_ROUNDS]}
    ways += rank_strategies(problem, N, s, retrain=["same"], **several, **how)
    if p < N:
        greedy = {"strategies": ["obs"], "n_rounds": [1]}
        ways += rank_strategies(problem, N, s, retrain=["same"], **greedy, **how)
    small = optimal_penalties(problem, N, strategy="random", sparsity=s, retrain="fresh", **how)
    ways.append(ways[0]._replace(strategy="random", retrain="fresh", n_rounds=1, **small._asdict()))
    return [(signal, covariance, p, s, *with_more_draws(problem, s, way)) for way in ways]


def with_more_draws(problem, s, way):
    """Return a way with its risk by draws of which its penalties do not know."""
    risk = predict_risk(
        problem,
        N,
        sparsity=s,
        finite_n=True,
        n_draws=N_MORE_DRAWS,
        random_state=1,
        **{name: getattr(way, name) for name in WAY},
    )
    return way._replace(risk=float(risk))


def run():
    grid = [point for point in product(SIGNALS, COVARIANCES, WIDTHS, SIZES) if point[3] < point[2]]
    jobs = Parallel(n_jobs=-1, verbose=5)(delayed(rows_of)(*point) for point in grid)
    write(TABLE, TABLE_FIELDS, [row for rows in jobs for row in rows])


def write(path, fields, rows):
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(fields)
        writer.writerows([f"{x:.5g}" if isinstance(x, float) else x for x in row] for row in rows)


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def way_of(row):
    """Return which of WAYS a row of the table is."""
    names = list(WAYS)
    if row["strategy"] == "obs":
        return names[3]
    if not row["retrain"]:
        return names[0]
    return names[1] if row["n_rounds"] == "1" else names[2]


def simplest(rows):
    """Return the row of the simplest way whose risk is within a hundredth of the least."""
    ways = [row for row in rows if row["strategy"] != "random"]
    least = min(float(row["risk"]) for row in ways)
    good = [row for row in ways if float(row["risk"]) <= 1.01 * least]
    return min(good, key=lambda row: (list(WAYS).index(way_of(row)), float(row["risk"])))


def problems(table):
    """Group the rows of a table by problem."""
    grouped = {}
    for row in table:
        key = row["signal"], row["covariance"], int(row["p"]), int(row["s"])
        grouped.setdefault(key, []).append(row)
    return grouped


def check(table):
    """Simulate the best way at three points."""
    rows = [simulated(point, simplest(problems(table)[point])) for point in POINTS]
    fields = ["signal", "covariance", "p", "s", "strategy", "retrain", "n_rounds", "risk"]
    write(CHECKS, [*fields, "simulated", "std_error"], rows)


def simulated(point, row):
    signal, covariance, p, s = point
    problem, rng = problem_of(signal, covariance, p), np.random.RandomState(1)
    retrain = Ridge(float(row["retrain_alpha"]), fit_intercept=False) if row["retrain"] else False
    model = PrunedRegressor(
        row["strategy"],
        s,
        retrain,
        n_rounds=int(row["n_rounds"]),
        estimator=Ridge(float(row["alpha"]), fit_intercept=False),
    )
    risks = [problem.risk(model.fit(*problem.sample(N, rng)).coef_) for _ in range(N_SIMULATED)]
    mean, std_error = float(np.mean(risks)), float(np.std(risks) / np.sqrt(N_SIMULATED))
    how = row["strategy"], row["retrain"], row["n_rounds"], row["risk"]
    return *point, *how, mean, std_error


def draw(table, checks, *, dark):
    """Return the map: a panel for each signal and covariance."""
    ink, paper = ("#e6e6e6", "#14181e") if dark else ("#222222", "#ffffff")
    figure = Figure(figsize=(13, 7.4), layout="constrained", facecolor=paper)
    axes = figure.subplots(len(SIGNALS), len(COVARIANCES), sharex=True, sharey=True)
    panels = dict(zip(product(SIGNALS, COVARIANCES), axes.flat, strict=True))
    for key, rows in problems(table).items():
        draw_problem(panels[key[:2]], *key[2:], rows, dark=dark)
    for point in checks:
        column, line = WIDTHS.index(int(point["p"])), SIZES.index(int(point["s"]))
        frame = Rectangle((column - 0.5, line - 0.5), 1, 1, fill=False, edgecolor=ink, lw=2)
        panels[point["signal"], point["covariance"]].add_patch(frame)
    for (signal, covariance), ax in panels.items():
        finish(ax, covariance, signal, ink, paper)
    for ax in axes[-1]:
        ax.set_xlabel("features per sample, p/n", color=ink)
    for ax in axes[:, 0]:
        ax.set_ylabel("kept per sample, s/n", color=ink)
    handles = [Patch(color=shade(color, dark), label=name) for name, color in WAYS.items()]
    figure.legend(
        handles=handles,
        loc="outside upper center",
        ncols=len(WAYS),
        frameon=False,
        labelcolor=ink,
        fontsize=11,
    )
    return figure


def draw_problem(ax, p, s, rows, *, dark):
    """Colour the cell of one problem by its way, and say by how much it beats a small model."""
    best = simplest(rows)
    [small] = [float(row["risk"]) for row in rows if row["strategy"] == "random"]
    column, line = WIDTHS.index(p), SIZES.index(s)
    corner = column - 0.5, line - 0.5
    ax.add_patch(Rectangle(corner, 1, 1, color=shade(WAYS[way_of(best)], dark), lw=0))
    gain = round(100 * (float(best["risk"]) / small - 1))
    text = f"{gain:+d}".replace("-", "\N{MINUS SIGN}") if gain else "0"
    ax.text(column, line + 0.12, text, ha="center", va="center", fontsize=7.5, color="#111111")
    score = SCORES[best["strategy"]]
    ax.text(column, line - 0.3, score, ha="center", va="center", fontsize=6, color="#333333")


def shade(color, dark):
    return tuple(0.82 * part for part in to_rgb(color)) if dark else color


def finish(ax, covariance, signal, ink, paper):
    ax.set_title(f"{covariance}\n{signal}", fontsize=9.5, color=ink)
    ax.set_facecolor(paper)
    ax.set_xlim(-0.5, len(WIDTHS) - 0.5)
    ax.set_ylim(-0.5, len(SIZES) - 0.5)
    ax.set_xticks(range(0, len(WIDTHS), 2), [f"{p / N:g}" for p in WIDTHS[::2]])
    ax.set_yticks(range(len(SIZES)), [f"{s / N:g}" for s in SIZES])
    ax.tick_params(colors=ink, length=0)
    ax.spines[:].set_visible(False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draw", action="store_true", help="draw the tables that are there")
    arguments = parser.parse_args()
    if not arguments.draw:
        run()
        check(read(TABLE))
    for name in "light", "dark":
        figure = draw(read(TABLE), read(CHECKS), dark=name == "dark")
        figure.savefig(str(FIGURE).format(name), dpi=110)


if __name__ == "__main__":
    main()
