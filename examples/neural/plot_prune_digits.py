"""
A neural net: small, or large and pruned?
=========================================

Two layers, handwritten digits, and 310 weights: that is a net with four hidden nodes, or
what pruning leaves of a wider one. :class:`~sklearn_prune.neural.PrunedNetClassifier` trains
the wide net, keeps 310 of its weights, and trains these again.
"""

# %%
# The nets
# --------
#
# ``base_width=4`` says how many weights to keep: as many as the same net has at width 4. All
# nets are trained for 40 epochs, the pruned ones for 20 before the pruning and 20 after it.
# The random net keeps as many weights of each layer as the one pruned by magnitude. Adam
# without decay trains all of them, as in the paper.

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sklearn_prune import curve_style
from sklearn_prune.neural import PrunedNetClassifier

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(
    X / 16, y, train_size=1000, stratify=y, random_state=0
)

adam = {"optimizer": torch.optim.Adam, "lr": 0.01}
small = PrunedNetClassifier(
    module__width=4, sparsity=1.0, retrain=None, max_epochs=40, **adam
)
large = PrunedNetClassifier(base_width=4, max_epochs=20, **adam)
pruned = {
    "retrained": large,
    "random, retrained": clone(large).set_params(strategy="random", scope="matched"),
    "not retrained": clone(large).set_params(retrain=None),
}

# %%
# One wide net in detail: what is left of each tensor, and the history of both phases.

net = clone(large).set_params(module__width=32, random_state=0).fit(X, y)
print(net.n_kept_, "of", net.n_weights_)
for row in net.history[9::10]:
    print(f"{row['phase']:>8}, epoch {row['epoch']}: loss {row['train_loss']:.3f}")

# %%
# Errors against the width
# ------------------------
#
# Three nets each, of their own seeds.

SEEDS = range(3)


def errors(net):
    """Return the errors on new images, one a seed."""
    nets = [clone(net).set_params(random_state=seed).fit(X, y) for seed in SEEDS]
    return [1 - net.score(X_test, y_test) for net in nets]


widths = [8, 16, 32, 64]
small_errors = np.array(errors(small))
pruned_errors = {
    name: np.array(
        [errors(clone(net).set_params(module__width=width)) for width in widths]
    )
    for name, net in pruned.items()
}

fig, ax = plt.subplots(layout="constrained")
for (name, values), meaning in zip(
    pruned_errors.items(), ["retrained", "random", "pruned"], strict=True
):
    mean, spread = values.mean(axis=1), values.std(axis=1, ddof=1)
    style = curve_style(meaning) | {"label": f"pruned, {name}"}
    ax.errorbar(widths, mean, spread, capsize=3, **style)
ax.axhline(
    small_errors.mean(),
    **curve_style("small") | {"marker": ""},
    label="small (width 4)",
)
ax.set(
    xlabel="Width of the net that is pruned",
    ylabel="Error on new images",
    ylim=(0, None),
)
ax.set_xscale("log", base=2)
ax.set_xticks(widths, [str(width) for width in widths])
title = "Nets of 310 weights, mean and standard deviation"
fig.legend(loc="outside upper center", ncols=2, title=title)
plt.show()

# %%
# What the figure says
# --------------------

print("small:", small_errors.round(2))
for name, values in pruned_errors.items():
    print(f"{name}:", values.mean(axis=1).round(3))

# %%
# The small net gets stuck: its error depends on the seed, and five times the epochs hardly
# help. As many weights chosen from 16 or 32 nodes err on six images in a hundred. Retraining
# is crucial, and so is the choice: random weights are worse, although they are spread over
# the layers alike.
#
# Wider is not better without end. 310 weights are a sixteenth of what a net of 64 nodes has,
# and the retraining cannot make up for what is lost.
