"""The benchmarks of compact nets run at toy sizes."""

from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
if not BENCHMARKS.exists():
    pytest.skip("the benchmarks are in the repository alone", allow_module_level=True)


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module


@pytest.mark.filterwarnings("ignore:.*no better than guessing", "ignore:Nothing is left")
@pytest.mark.parametrize("name", ["two-layer", "mlp", "conv"])
def test_compact_nets(name, benchmark, monkeypatch):
    module = benchmark("compact_nets")
    net, arguments, side, _ = module.NETS[name]
    monkeypatch.setitem(module.NETS, name, (net, arguments, side, {"max_epochs": 1}))
    rows = module.rows_of(name, 0.1, "magnitude")
    given, dense, sparse = (row["bytes_on_disk"] for row in rows)
    assert given >= dense
    assert given > sparse
    assert {row["net"] for row in rows} == {name}


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_sparse_inference(benchmark, monkeypatch):
    module = benchmark("sparse_inference")
    monkeypatch.setattr(module, "SECONDS", 0.0)
    row = module.row_of(32, 4, 0.2)
    assert row["torch_csr_speedup"] == pytest.approx(
        row["dense_us"] / row["torch_csr_us"], rel=1e-2
    )
