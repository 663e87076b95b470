"""
What is left of a trained net?
==============================

A convolutional net that is trained already loses nine tenths of its weights, at once and in
rounds: which layers give them up, and what it costs.
"""

# %%
# A trained net
# -------------
#
# Any module of torch will do. This one sorts scikit-learn's digits.

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from sklearn_prune.neural import (
    LayerDisplay,
    PrunedNetClassifier,
    layer_table,
    prune_net,
)

digits, labels = load_digits(return_X_y=True)
images = digits.reshape(-1, 1, 8, 8).astype("float32") / 16
X, X_test, y, y_test = train_test_split(images, labels, random_state=0)

torch.manual_seed(0)
net = nn.Sequential(
    *(nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
    *(nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
    *(nn.Flatten(), nn.Linear(128, 10)),
)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
samples, classes = torch.tensor(X), torch.tensor(y)
for _ in range(20):
    for rows in torch.randperm(len(X)).split(128):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(samples[rows]), classes[rows]).backward()
        optimizer.step()


def accuracy(module):
    """Return the share of new images that a module is right on."""
    with torch.no_grad():
        predicted = module.eval()(torch.tensor(X_test)).argmax(1)
    return (predicted.numpy() == y_test).mean()


print(f"dense: {accuracy(net):.3f}")

# %%
# Pruned at once
# --------------
#
# :func:`~sklearn_prune.neural.prune_net` returns a copy with a tenth of the weights.

pruned = prune_net(net, sparsity=0.1)
LayerDisplay.from_estimator(pruned)
plt.show()

# %%
# The scales of batch normalisation (layers 1 and 5) are about 1, the weights of the other layers
# smaller: magnitudes compared in the whole net keep them, and take from the filters of layer 4,
# of which there are most.

print(f"pruned: {accuracy(pruned):.3f}")

# %%
# Trained again
# -------------
#
# An estimator takes the net with ``pretrained=True``. It prunes in three rounds, and trains
# after each from the weights that were given.

retrained = PrunedNetClassifier(
    net,
    pretrained=True,
    strategy="magnitude",
    sparsity=0.1,
    n_rounds=3,
    max_epochs=10,
    random_state=0,
).fit(X, y)
LayerDisplay.from_estimator(retrained)
plt.show()

# %%

print(f"retrained: {retrained.score(X_test, y_test):.3f}")
table = layer_table(retrained)
for name, kept, share in zip(
    table["name"], table["n_kept"], table["share_kept"], strict=True
):
    print(f"{name:10} {kept:5} {share:6.1%}")
