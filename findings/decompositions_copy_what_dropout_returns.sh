#!/usr/bin/env bash
# torch 2.13.0: an exported program and its decompositions, or ONNX, can differ, by whole numbers.
#
# In evaluation dropout returns the very tensor that it is given, so that `dropped += 1` changes
# that as well. torch.export.export keeps the net's result. run_decompositions, even with an
# empty table, and with it torch.onnx.export(dynamo=True), take dropout for an operation that
# returns a tensor of its own: the sum is lost, without a warning. With Identity in the place of
# dropout all agree.
#
# sklearn_prune takes dropout out of exported programs before it makes ONNX of them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    torch==2.13.0 numpy==2.4.1 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0
cd "$folder"
./venv/bin/python - 2>/dev/null <<'PYTHON'
import onnxruntime
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, between):
        super().__init__()
        self.layer, self.between = nn.Linear(3, 3), between

    def forward(self, x):
        hidden = self.layer(x)
        between = self.between(hidden)
        between += 1
        return 2 * hidden


def differences(between):
    """Return how far three programs are off what the net itself returns."""
    net, X = Net(between).eval(), torch.ones(4, 3)
    with torch.no_grad():
        wanted = net(X)
        program = torch.export.export(net, (X,))
        exported = program.module()(X)
        decomposed = program.run_decompositions({}).module()(X)
    onnx_program = torch.onnx.export(net, (X,), dynamo=True, verbose=False)
    session = onnxruntime.InferenceSession(onnx_program.model_proto.SerializeToString())
    (served,) = session.run(None, {session.get_inputs()[0].name: X.numpy()})
    found = exported, decomposed, torch.from_numpy(served)
    return [round((values - wanted).abs().max().item(), 5) for values in found]


torch.manual_seed(0)
print("torch", torch.__version__, "- exported, decomposed, ONNX")
print("Identity:", same := differences(nn.Identity()))
print("Dropout: ", other := differences(nn.Dropout()))
assert same == [0, 0, 0]
assert other == [0, 2, 2]
PYTHON
echo "As stated."
