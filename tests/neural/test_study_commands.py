"""The commands of the user guide are commands of the study."""

import re
import shlex
from pathlib import Path

import pytest

from sklearn_prune.neural.__main__ import parse
from sklearn_prune.neural._study.runs import plan
from sklearn_prune.neural._study.settings import NAMES, make_settings

GUIDE = Path(__file__).parents[2] / "docs" / "user_guide" / "neural_study.rst"
if not GUIDE.exists():
    pytest.skip("the documentation is in the repository alone", allow_module_level=True)

TEXT = re.sub(r"\\\n\s+", "", GUIDE.read_text(encoding="utf-8"))
COMMANDS = re.findall(r"\$ python -m sklearn_prune\.neural (.*)", TEXT)


def settings_of(command):
    args = parse(shlex.split(command))
    return make_settings(args.command, {k: v for k, v in vars(args).items() if k in NAMES})


def work_of(command):
    return sum(run.cost for runs in plan(settings_of(command)) for run in runs)


def test_there_are_commands_of_every_kind():
    assert {command.split()[0] for command in COMMANDS} == {"two-layer", "resnet20", "plot"}


@pytest.mark.parametrize("command", COMMANDS)
def test_they_are_understood(command):
    args = parse(shlex.split(command))
    if args.command != "plot":
        dense, pruned = plan(settings_of(command))
        assert dense
        assert pruned


def test_figure_5_goes_on_where_figure_1_ends():
    figure_1, figure_5 = (c for c in COMMANDS if c.endswith("--out full_study"))
    first, both = (
        {run.key for runs in plan(settings_of(command)) for run in runs}
        for command in (figure_1, figure_5)
    )
    assert first < both


def test_the_short_study_is_a_thirtieth():
    (short,) = (command for command in COMMANDS if command.endswith("--out short_study"))
    full = [command for command in COMMANDS if command.endswith("--out full_study")][-1]
    assert 25 < work_of(full) / work_of(short) < 40
