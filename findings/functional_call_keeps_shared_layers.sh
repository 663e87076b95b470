#!/usr/bin/env bash
# torch 2.13.0: after torch.func.functional_call under grad, a net in which one layer stands in two
# places keeps the tensors of the call in place of its own parameters.
#
# functional_call ties the weights of the two places, swaps all of them, and swaps them back in
# the order in which it found them: what the second place puts back is what the first had been
# given. Two linear layers of their own are what they were; one layer that stands twice in a
# Sequential has weights that are no Parameter any more and wrap a level of grad that has
# ended. Outputs are still computed, named_parameters() still lists them, and an optimiser that
# was made before holds tensors that the net no longer uses. deepcopy and pickle fail, with
# "Cannot access storage of TensorWrapper". With tie_weights=False, and one name for the layer, as
# named_parameters() has it, the net is left alone.
#
# sklearn_prune scores nets of shared layers in that second way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.1
"$folder/venv/bin/python" - <<'PYTHON'
import copy

import torch
from torch import nn
from torch.func import functional_call, grad

print("torch", torch.__version__)


def is_whole_after_a_gradient(first, second, tie_weights=True):
    net = nn.Sequential(first, nn.ReLU(), second)
    weights = {name: weight.detach() for name, weight in net.named_parameters()}
    samples = torch.ones(2, 3)

    def loss(weights):
        return functional_call(net, weights, (samples,), tie_weights=tie_weights).sum()

    gradients = grad(loss)(weights)
    assert list(gradients) == list(weights)
    print("  its weight is a", type(net[0].weight).__name__)
    try:
        copy.deepcopy(net)
    except NotImplementedError as error:
        print("  deepcopy:", error)
        return False
    return isinstance(net[0].weight, nn.Parameter)


print("Two layers:")
assert is_whole_after_a_gradient(nn.Linear(3, 3), nn.Linear(3, 3))
shared = nn.Linear(3, 3)
print("One layer in two places:")
assert not is_whole_after_a_gradient(shared, shared)
shared = nn.Linear(3, 3)
print("One layer in two places, with tie_weights=False:")
assert is_whole_after_a_gradient(shared, shared, tie_weights=False)
PYTHON
echo "As stated."
