import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune import MinNormRegressor, PrunedRegressor, RowBatches
from sklearn_prune._batches.sources import as_source

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

NAMES = [f"x{j}" for j in range(6)]


@pytest.fixture
def frame(rng):
    X = rng.standard_normal((1000, 6)) + 10
    table = pd.DataFrame(X, columns=NAMES)
    weights = rng.uniform(0, 2, 1000) * (rng.random(1000) < 0.9)
    noise = rng.standard_normal(1000)
    return table.assign(y=X @ np.arange(6) + noise, z=noise, weight=weights)


@pytest.fixture
def folder(frame, tmp_path):
    for k, rows in enumerate([slice(0, 400), slice(400, 410), slice(410, 1000)]):
        frame[rows].to_parquet(tmp_path / f"part{k}.parquet", row_group_size=150)
    return tmp_path


@pytest.mark.parametrize("batch_size", [64, 10_000])
@pytest.mark.parametrize("make", [MinNormRegressor, lambda: PrunedRegressor("obs", 3)])
def test_a_folder_is_one_table(frame, folder, batch_size, make):
    rows = RowBatches.from_parquet(
        folder, target="y", features=NAMES, sample_weight="weight", batch_size=batch_size
    )
    assert as_source(rows).n_rows() == 1000
    model, expected = make().fit(rows), make().fit(frame[NAMES], frame["y"], frame["weight"])
    assert_allclose(model.coef_, expected.coef_, rtol=1e-12, atol=1e-12)
    assert_allclose(model.intercept_, expected.intercept_, rtol=1e-11)
    assert list(model.feature_names_in_) == NAMES
    assert model.n_samples_fit_ == expected.n_samples_fit_


def test_features_are_all_other_columns(frame, folder):
    rows = RowBatches.from_parquet(folder, target=["y", "z"], sample_weight="weight")
    model = MinNormRegressor().fit(rows)
    assert list(model.feature_names_in_) == NAMES
    assert model.coef_.shape == (2, 6)
    one = MinNormRegressor().fit(RowBatches.from_parquet(str(folder), target=["y"]))
    assert list(one.feature_names_in_) == [*NAMES, "z", "weight"]
    assert one.coef_.shape == (1, 8)


def test_an_index_is_no_feature(frame, tmp_path):
    file = tmp_path / "table.parquet"
    frame[frame["weight"] > 0].to_parquet(file)
    assert "__index_level_0__" in pq.read_schema(file).names
    model = MinNormRegressor().fit(RowBatches.from_parquet(file, target="y"))
    assert "__index_level_0__" not in model.feature_names_in_


def test_numbers_of_every_kind(rng, tmp_path):
    n = 300
    columns = {
        "whole": pa.array(rng.integers(-5, 5, n).astype(np.int8)),
        "huge": pa.array(2**60 + rng.integers(0, 2**58, n)),
        "flag": pa.array(rng.random(n) < 0.5),
        "price": pa.array(np.round(rng.random(n), 2)).cast(pa.decimal128(5, 2), safe=False),
        "single": pa.array(rng.random(n).astype(np.float32)),
        "y": pa.array(rng.random(n)),
    }
    table = pa.table(columns)
    pq.write_table(table, tmp_path / "table.parquet")
    model = MinNormRegressor().fit(RowBatches.from_parquet(tmp_path, target="y", batch_size=70))
    X = table.to_pandas().drop(columns="y").astype(float)
    expected = MinNormRegressor().fit(X, table["y"].to_numpy())
    assert_allclose(model.coef_, expected.coef_, rtol=1e-10)
    single = RowBatches.from_parquet(tmp_path, target="y", features=["single"])
    assert MinNormRegressor().fit(single).coef_.dtype == np.float32


def test_a_missing_number_is_found(frame, tmp_path):
    frame.loc[333, "x2"] = np.nan
    frame.to_parquet(tmp_path / "table.parquet")
    for kind in float, "Int64":
        file = tmp_path / "table.parquet"
        frame.assign(x2=frame["x2"].round().astype(kind)).to_parquet(file)
        rows = RowBatches.from_parquet(file, target="y", batch_size=100)
        with pytest.raises(
            ValueError, match=r"Batch 3 of .*table.parquet: X has nan in col.*'x2', row 33"
        ):
            MinNormRegressor().fit(rows)


def test_bad_columns(frame, folder):
    def read(**options):
        return RowBatches.from_parquet(folder, **{"target": "y"} | options)

    with pytest.raises(ValueError, match=r"part0.parquet has no column 'q': it has x0, x1"):
        read(target="q")
    with pytest.raises(ValueError, match="features is 'x1': give a list"):
        read(features="x1")
    with pytest.raises(ValueError, match=r"features is .*: give a list"):
        read(features=[])
    with pytest.raises(ValueError, match="batch_size is 0: give a number of rows"):
        read(batch_size=0)
    frame.assign(x1="a").to_parquet(folder / "part3.parquet")
    with pytest.raises(ValueError, match=r"Column 'x1' of .*part3.parquet is of type .*string"):
        read()
    frame.drop(columns="x4").to_parquet(folder / "part3.parquet")
    with pytest.raises(ValueError, match=r"part3.parquet has no column 'x4'"):
        read()


def test_no_files(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere does not exist: give a parquet file"):
        RowBatches.from_parquet(tmp_path / "nowhere", target="y")
    with pytest.raises(ValueError, match=r"has no parquet files"):
        RowBatches.from_parquet(tmp_path, target="y")


def test_order_of_the_columns_is_that_of_features(frame, folder):
    shuffled = frame[[*NAMES[::-1], "y", "z", "weight"]]
    shuffled.to_parquet(folder / "part3.parquet")
    both = pd.concat([frame, frame])
    model = MinNormRegressor().fit(RowBatches.from_parquet(folder, target="y", features=NAMES))
    assert_allclose(model.coef_, MinNormRegressor().fit(both[NAMES], both["y"]).coef_, rtol=1e-10)
    assert_array_equal(model.feature_names_in_, NAMES)


PEAKS = """
import resource, sys
from sklearn_prune import PrunedRegressor, RowBatches
for file in sys.argv[1:]:
    rows = RowBatches.from_parquet(file, target="y", batch_size=5000)
    PrunedRegressor("hessian", 4).fit(rows)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def test_memory_does_not_grow_with_the_rows(rng, tmp_path):
    X = rng.standard_normal((10_000, 20))
    table = pa.table({**{f"x{j}": X[:, j] for j in range(20)}, "y": X @ np.ones(20)})
    files = [str(tmp_path / name) for name in ("small.parquet", "large.parquet")]
    for file, n_groups in zip(files, (4, 40), strict=True):
        with pq.ParquetWriter(file, table.schema, use_dictionary=False) as writer:
            for _ in range(n_groups):
                writer.write_table(table)
    command = [sys.executable, "-c", PEAKS, *files]
    small, large = map(int, subprocess.run(command, check=True, capture_output=True).stdout.split())
    assert large - small < 0.2 * table.nbytes * 36
