"""A study of the digits, which takes seconds."""

from sklearn_prune.neural.__main__ import main

PARAMETERS = ["--data", "digits", "--widths", "2", "6", "--base-widths", "2", "--epochs", "2"]
PARAMETERS += [
    "--retrain-epochs",
    "3",
    "--batch-size",
    "64",
    "--n-train",
    "500",
    "--learning-rate",
    "0.01",
]


def study(folder, *options):
    """Run the command line, and return its exit status."""
    command = ["two-layer", *PARAMETERS, "--n-jobs", "1", "--device", "cpu", *options]
    return main([*command, "--out", str(folder)])
