"""The files that a report writes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline

from sklearn_prune._onnx.export import ONNX, to_onnx
from sklearn_prune._report.comparison.whole_files import remove_rest, write_files

from .figures import draw
from .page import render
from .page_pictures import draw_panels, png
from .panels import PICTURES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sklearn.pipeline import Pipeline

    from sklearn_prune._report.answer.findings import Findings
    from sklearn_prune._typing import AnyArray


def write_report(folder: Path, findings: Findings, command: str) -> list[str]:
    """Write the page, the numbers, the pictures and the code, and return their names."""
    numbers = findings.to_frame().drop(columns="seconds")
    pictures = draw_pictures(findings)
    contents = {
        "report.html": render(findings, command, draw_panels(findings)).encode(),
        "report.csv": numbers.to_csv(index=False, lineterminator="\n").encode(),
        "report.png": pictures["width"],
        "kept.png": pictures["kept"],
        "model.py": findings.code().encode(),
    }
    write_files(folder, contents)
    return list(contents)


def draw_pictures(findings: Findings) -> dict[str, bytes]:
    """Return the pictures as PNG, by kind."""
    return {kind: png(draw(findings, kind), 120) for kind in PICTURES}


def check_writable(folder: Path) -> None:
    """Raise ValueError if nothing can be written to a folder, which is made if it is missing."""
    with told(folder):
        write_files(folder, {".probe": b"\0" * 2**16})
        (folder / ".probe").unlink()
        remove_rest(folder)


def check_savable(file: Path) -> None:
    """Raise an error of one line if no model can be saved in a file."""
    if file.is_dir():
        raise ValueError(f"--save {file} is a folder: name a file, such as model.skops")
    if file.suffix not in (".skops", ONNX):
        raise ValueError(f"--save {file} is no .skops and no {ONNX}: give a name that ends so")
    if file.suffix != ONNX:
        _skops_io()
    check_writable(file.parent)


def _skops_io() -> Any:
    """Return what saves models: it imports torch, where that is installed, and takes seconds."""
    import skops.io  # noqa: PLC0415

    return skops.io


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what goes wrong into a ValueError of one line that names the folder."""
    try:
        yield
    except OSError as error:
        msg = f"cannot write to {folder}: {(error.strerror or str(error)).lower()}"
        raise ValueError(msg) from error


def save_model(file: Path, findings: Findings, X: Any, X_unlabeled: Any) -> str:
    """Fit the recommended pipeline to all rows, save it, and return how to load it."""
    with config_context(enable_metadata_routing=True):
        pipeline = findings.pipeline()
    target = findings.target
    y = target.labels if target.classes else np.squeeze(target.values)
    fitted = _fit(pipeline, X, y, X_unlabeled)
    if file.suffix == ONNX:
        return _save_onnx(file, fitted)
    skops_io = _skops_io()
    content = skops_io.dumps(fitted)
    with told(file.parent):
        write_files(file.parent, {file.name: content})
    types = skops_io.get_untrusted_types(data=content)
    return f"skops.io.load({str(file)!r}, trusted={types!r})"


def _save_onnx(file: Path, fitted: Pipeline) -> str:
    """Save a pipeline for onnxruntime, in the precision in which it was fitted."""
    # What makes numbers and texts of columns first is Python's; ONNX gets numbers and texts.
    exported = to_onnx(fitted[1:], dtype="float64")
    with told(file.parent):
        write_files(file.parent, {file.name: exported.SerializeToString()})
    return f"onnxruntime.InferenceSession({str(file)!r})"


def _fit(pipeline: Pipeline, X: Any, y: AnyArray, X_unlabeled: Any) -> Pipeline:
    """Return a fitted pipeline that asks for no metadata, which skops could not save."""
    if pipeline.transform_input is None:
        return pipeline.fit(X, y)
    columns, model = pipeline[:-1], _without_requests(pipeline[-1])
    model.fit(columns.fit_transform(X), y, X_unlabeled=columns.transform(X_unlabeled))
    return make_pipeline(*columns, model)


def _without_requests(model: Any) -> Any:
    """Return a model, not fitted, that asks for no metadata; nor do those inside it."""
    if not isinstance(model, BaseEstimator):
        return model
    parts = model.get_params(deep=False)
    return type(model)(**{name: _without_requests(part) for name, part in parts.items()})
