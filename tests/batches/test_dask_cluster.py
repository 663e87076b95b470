import os
import signal

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV

da = pytest.importorskip("dask.array")
distributed = pytest.importorskip("distributed")

N_ROWS, N_COLUMNS, CHUNK = 40_000, 20, 2000


@pytest.fixture(scope="module")
def client():
    options = {"threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with (
        distributed.LocalCluster(n_workers=2, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def rows_of(block, marker=None, block_id=None):
    """Make the rows of a block where they are needed, and kill the worker once if asked."""
    if marker is not None and block_id[0] == 11 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return np.random.default_rng(block_id[0]).standard_normal((CHUNK, N_COLUMNS + 1)) + 1


def table(marker=None):
    chunks = ((CHUNK,) * (N_ROWS // CHUNK), (N_COLUMNS + 1,))
    empty = da.zeros((N_ROWS, 1), chunks=(CHUNK, 1))
    Z = empty.map_blocks(rows_of, marker, dtype=float, chunks=chunks, meta=np.empty((0, 0)))
    return Z[:, 1:], Z[:, 0] + Z[:, 3]


def in_memory(model):
    Z = np.vstack([rows_of(None, block_id=(k, 0)) for k in range(N_ROWS // CHUNK)])
    return model.fit(Z[:, 1:], Z[:, 0] + Z[:, 3])


def sent(client):
    """Return the bytes that workers have sent so far, to each other and to the client."""
    return sum(client.run(lambda dask_worker: dask_worker.transfer_outgoing_bytes_total).values())


@pytest.mark.parametrize(
    "model",
    [MinNormRegressor(), PrunedRegressor("obs", 4), PrunedRegressorCV("hessian", cv=4)],
)
def test_moments_travel_and_not_the_rows(client, model):
    before = sent(client)
    model.fit(*table())
    assert 0 < sent(client) - before < 0.05 * 8 * N_ROWS * N_COLUMNS
    coef, intercept = model.coef_, model.intercept_
    in_memory(model)
    assert_allclose(coef, model.coef_, rtol=1e-12, atol=1e-13)
    assert_allclose(intercept, model.intercept_, rtol=1e-11)


def test_rows_that_lie_on_the_workers_stay_there(client):
    X, y = client.persist(table())
    distributed.wait([X, y])
    before = sent(client)
    model = MinNormRegressor().fit(X, y)
    assert sent(client) - before < (1.1 / N_COLUMNS + 0.05) * 8 * N_ROWS * N_COLUMNS
    assert_allclose(model.coef_, in_memory(MinNormRegressor()).coef_, rtol=1e-12, atol=1e-13)


@pytest.mark.filterwarnings("ignore")  # of the scheduler, about the worker that is lost
def test_a_killed_worker_loses_nothing(client, tmp_path):
    expected = PrunedRegressor("hessian", 4).fit(*table())
    marker = tmp_path / "killed"
    model = PrunedRegressor("hessian", 4).fit(*table(marker))
    assert marker.exists()
    assert_array_equal(model.support_, expected.support_)
    assert_allclose(model.coef_, expected.coef_, rtol=1e-12)


def test_errors_of_a_worker_name_the_partition(client):
    X, y = table()
    with pytest.raises(ValueError, match=r"Partition \d+: y has nan, row 0"):
        MinNormRegressor().fit(X, y * np.nan)
