import os
import subprocess
import sys
import time
from queue import Empty, Queue
from shutil import copytree

import pytest
import torch
from filelock import FileLock
from studies import PARAMETERS, study

from sklearn_prune.neural.__main__ import main
from sklearn_prune.neural._study import execution
from sklearn_prune.neural._study.execution import Workshop, carry_out
from sklearn_prune.neural._study.results_table import ResultsTable, read_table
from sklearn_prune.neural._study.settings import make_settings
from sklearn_prune.neural._study.trainer import Trainer


def carry_out_in(folder, **changes):
    values = {"data": "digits", "widths": (2, 6), "base_widths": (2,), "epochs": 2, "n_train": 500}
    values |= {"retrain_epochs": 3, "batch_size": 64, "learning_rate": 0.01} | changes
    settings = make_settings("two-layer", values)
    table = ResultsTable(folder / "results.csv")
    workshop = Workshop(settings, folder, torch.device("cpu"))
    carry_out(workshop, table, n_jobs=1, advance=lambda _cost: None)
    return table


def test_every_run_has_its_row(finished, capsys):
    rows = list(read_table(finished / "results.csv").values())
    methods = ["dense", "dense", "magnitude", "random", "random-layerwise", "no-retraining"]
    assert [row["method"] for row in rows] == methods
    assert [row["n_kept"] for row in rows] == [160, 460, 160, 160, 160, 160]
    assert all(0 <= row[name] <= 1 for row in rows for name in ("train_error", "test_error"))
    assert {(row["n_train"], row["device"], row["seed"]) for row in rows} == {(500, "cpu", 0)}
    assert rows[1]["test_error"] < rows[0]["test_error"] < 0.9


def test_nothing_is_repeated(finished, monkeypatch, capsys):
    content = (finished / "results.csv").read_bytes()
    monkeypatch.setattr(Trainer, "step", None)
    assert study(finished) == 0
    assert "6 runs, 6 of them finished before" in capsys.readouterr().out
    assert (finished / "results.csv").read_bytes() == content


def test_more_runs_use_what_is_there(finished, monkeypatch, tmp_path):
    for name in ("results.csv", *(f"weights/{p.name}" for p in finished.glob("weights/*"))):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((finished / name).read_bytes())
    trained = []
    start = Workshop.start
    monkeypatch.setattr(
        Workshop, "start", lambda self, run, kind: trained.append(run) or start(self, run, kind)
    )
    assert study(tmp_path, "--widths", "2", "6", "7", "--methods", "magnitude") == 0
    assert [(run.method, run.width) for run in trained] == [("dense", 7), ("magnitude", 7)]


def test_sparsities_and_label_noise(finished, monkeypatch, tmp_path, capsys):
    copytree(finished, tmp_path, dirs_exist_ok=True)
    options = ["--sparsities", "1", "0.5", "--methods", "magnitude", "--label-noise", "0", "0.4"]
    before = read_table(finished / "results.csv")
    assert study(tmp_path, *options) == 0
    assert "10 runs, 3 of them finished before" in capsys.readouterr().out
    rows = read_table(tmp_path / "results.csv")
    assert rows.items() >= before.items()
    added = [row for key, row in rows.items() if key not in before]
    values = ("method", "width", "base_width", "sparsity", "label_noise", "n_kept")
    assert {tuple(row[name] for name in values) for row in added} == {
        ("magnitude", 2, None, 0.5, 0.0, 80),
        ("magnitude", 6, None, 0.5, 0.0, 230),
        ("dense", 2, None, None, 0.4, 160),
        ("dense", 6, None, None, 0.4, 460),
        ("magnitude", 2, None, 0.5, 0.4, 80),
        ("magnitude", 6, None, 0.5, 0.4, 230),
        ("magnitude", 6, 2, None, 0.4, 160),
    }
    # Whoever knows all of the right labels is wrong in two fifths of the others.
    assert all(row["train_error"] > 0.3 for row in added if row["label_noise"])
    monkeypatch.setattr(Trainer, "step", None)
    assert study(tmp_path, *options) == 0
    assert "10 runs, 10 of them finished before" in capsys.readouterr().out
    assert read_table(tmp_path / "results.csv") == rows


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--sparsities", "0"], "sparsities has 0.0: give shares of the weights to KEEP"),
        (["--sparsities", "0.5", "1.5"], "sparsities has 1.5"),
        (["--label-noise", "1"], "label-noise has 1.0: give shares of the training images"),
        (["--label-noise", "-0.1"], "label-noise has -0.1"),
    ],
)
def test_bad_shares(options, message, tmp_path, capsys):
    assert study(tmp_path, *options) == 2
    assert message in capsys.readouterr().err


def test_processes_do_not_matter(finished, tmp_path):
    assert study(tmp_path, "--n-jobs", "2") == 0
    assert (tmp_path / "results.csv").read_bytes() == (finished / "results.csv").read_bytes()


def test_a_killed_study_goes_on(finished, tmp_path, rng):
    command = [sys.executable, "-m", "sklearn_prune.neural", "two-layer", *PARAMETERS]
    command += ["--n-jobs", "1", "--device", "cpu", "--out", str(tmp_path)]
    table = tmp_path / "results.csv"
    for n_rows in (1, 3):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
        )
        while not (table.exists() and len(table.read_text().splitlines()) > n_rows):
            assert process.poll() is None
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.05))
        process.kill()
        process.wait()
    assert study(tmp_path) == 0
    assert table.read_bytes() == (finished / "results.csv").read_bytes()


def test_a_process_ends_with_its_study(monkeypatch):
    statuses = Queue()
    monkeypatch.setattr(os, "_exit", statuses.put)
    gone = -1
    execution._end_with(gone)
    assert statuses.get(timeout=30) == 1
    execution._end_with(os.getpid())
    with pytest.raises(Empty):
        statuses.get(timeout=0.1)


def test_one_study_at_a_time(tmp_path, capsys):
    with FileLock(tmp_path / ".lock"):
        assert study(tmp_path) == 2
    assert "Another study is at work" in capsys.readouterr().err
    assert not (tmp_path / "results.csv").exists()


@pytest.mark.parametrize("at", [1, 3, 6])
def test_training_goes_on_inside_a_run(finished, tmp_path, monkeypatch, at):
    monkeypatch.setattr(execution, "SECONDS_BETWEEN_SAVES", -1)
    epochs, train_epoch = [], Trainer.train_epoch

    def stop_once(self):
        epochs.append(self.epoch)
        if len(epochs) == at:
            raise KeyboardInterrupt
        train_epoch(self)

    monkeypatch.setattr(Trainer, "train_epoch", stop_once)
    with pytest.raises(KeyboardInterrupt):
        carry_out_in(tmp_path)
    table = carry_out_in(tmp_path)
    assert len(epochs) == 2 * 2 + 3 * 3 + 1  # only the epoch that was stopped is repeated
    assert table.path.read_bytes() == (finished / "results.csv").read_bytes()
    assert not list(tmp_path.glob("*-training-*"))


def test_what_a_kill_left_is_removed(finished, tmp_path):
    copytree(finished, tmp_path, dirs_exist_ok=True)
    weights = tmp_path / "weights"
    before = set(weights.iterdir())
    trained = dense_keys(tmp_path)[0]
    (weights / f"{trained}-training-cpu.fit").write_bytes(b"")
    (weights / f"{trained}.123.partial").write_bytes(b"")
    (tmp_path / "results.123.partial").write_bytes(b"")
    assert study(tmp_path) == 0
    assert set(weights.iterdir()) == before
    assert not list(tmp_path.glob("*.partial"))


def test_weights_of_another_net_are_told(tmp_path, capsys):
    assert study(tmp_path, "--widths", "5", "6", "--methods", "magnitude") == 0
    first, second = (tmp_path / "weights" / f"{key}.fit" for key in dense_keys(tmp_path)[:2])
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    capsys.readouterr()
    assert study(tmp_path, "--widths", "5", "6", "--methods", "random") == 2
    assert "was renamed, it is of another fit: delete it" in capsys.readouterr().err


def dense_keys(folder):
    rows = read_table(folder / "results.csv").values()
    return [row["key"] for row in rows if row["method"] == "dense"]


def test_divergence_is_told(tmp_path):
    with pytest.warns(RuntimeWarning, match="dense net of width 2 and seed 0 has diverged"):
        study(tmp_path, "--widths", "2", "--learning-rate", "1e37")


def test_base_widths_that_no_net_exceeds_are_told(tmp_path, capsys):
    assert study(tmp_path, "--widths", "2", "--base-widths", "9") == 0
    assert "No net is wider than 2: none is pruned to the size of 9" in capsys.readouterr().out


def test_damaged_weights_are_told(tmp_path, capsys):
    assert study(tmp_path, "--methods", "magnitude") == 0
    for path in (tmp_path / "weights").iterdir():
        path.write_bytes(path.read_bytes()[:-100])
    assert study(tmp_path, "--methods", "random") == 2
    assert ".fit is damaged: delete it" in capsys.readouterr().err
    for path in (tmp_path / "weights").iterdir():
        path.unlink()
    capsys.readouterr()
    assert study(tmp_path, "--methods", "random") == 0
    # Only the net that is pruned is trained again.
    assert "3 runs, 1 of them finished before" in capsys.readouterr().out
    assert len((tmp_path / "results.csv").read_text().splitlines()) == 5


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("architecture", ["two-layer", "resnet20"])
def test_on_a_gpu(architecture, tmp_path, monkeypatch):
    monkeypatch.setattr(execution, "SECONDS_BETWEEN_SAVES", -1)
    options = ["--device", "cuda", "--precision", "bfloat16", "--n-jobs", "3"]
    assert main([architecture, *PARAMETERS, *options, "--out", str(tmp_path)]) == 0
    assert torch.backends.cudnn.enabled
    rows = list(read_table(tmp_path / "results.csv").values())
    assert len(rows) == 6
    assert len({row["n_kept"] for row in rows if row["method"] != "dense"}) == 1


def test_damaged_table_is_told(finished, tmp_path, capsys):
    path = tmp_path / "results.csv"
    path.write_bytes((finished / "results.csv").read_bytes()[:-30])
    assert study(tmp_path) == 2
    assert "Line 7 of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--epochs", "0"], "epochs is 0"),
        (["--n-train", "9999"], "n-train is 9999"),
        (["--device", "tpux"], "device is 'tpux': give cpu, cuda or auto"),
        (["--device", "meta"], "device is 'meta': give cpu, cuda or auto"),
        (["--device", "cuda:99"], "device is 'cuda:99', but torch sees"),
        (["--n-jobs", "-1"], "n-jobs is -1"),
        (["--n-jobs", "0"], "n-jobs is 0"),
        (["--config", "missing.toml"], "missing.toml"),
    ],
)
def test_bad_input(options, message, tmp_path, capsys):
    assert study(tmp_path, *options) == 2
    assert message in capsys.readouterr().err


def test_interrupt(tmp_path, capsys, monkeypatch):
    def interrupt(_self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "step", interrupt)
    assert study(tmp_path) == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_file_of_parameters(tmp_path, finished):
    file = tmp_path / "study.toml"
    file.write_text(
        'data = "digits"\nwidths = [2, 6]\nbase-widths = [2]\nepochs = 9\nretrain-epochs = 3\n'
        "batch-size = 64\nn-train = 500\nlearning-rate = 0.01\n"
    )
    out = tmp_path / "out"
    options = ["--config", str(file), "--epochs", "2", "--n-jobs", "1", "--device", "cpu"]
    assert main(["two-layer", *options, "--out", str(out)]) == 0
    assert (out / "results.csv").read_bytes() == (finished / "results.csv").read_bytes()


def test_plot(finished, tmp_path, capsys):
    out = tmp_path / "picture.png"
    assert main(["plot", str(finished / "results.csv"), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert main(["plot", str(finished / "results.csv"), "--out", str(tmp_path / "bare")]) == 0
    assert "bare.png" in capsys.readouterr().out
    assert (tmp_path / "bare.png").exists()
    assert main(["plot", str(out)]) == 2
    assert "picture.png is not a table of results" in capsys.readouterr().err
    assert main(["plot", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err
