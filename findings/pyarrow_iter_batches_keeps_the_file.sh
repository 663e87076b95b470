#!/usr/bin/env bash
# pyarrow 26.0.1, ParquetFile.iter_batches, the way to read a file that does not fit in memory:
# what was read of a row group is kept until the end of the file. The peak of pyarrow's memory
# grows with the file, to about its size, whatever the size of a batch and though no batch
# is kept. Dataset.to_batches does the same, with no read-ahead and one thread. With
# pre_buffer=False, or iter_batches on one row group after the other, memory stays flat.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 pyarrow==26.0.1
cd "$folder"
./venv/bin/python - <<'PYTHON'
import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

print("pyarrow", pa.__version__)
rng = np.random.default_rng(0)


def write(n_groups):
    name = f"{n_groups}.parquet"
    schema = pa.schema([(f"c{i}", pa.float64()) for i in range(10)])
    with pq.ParquetWriter(name, schema) as writer:
        for _ in range(n_groups):
            writer.write_table(pa.table({n: rng.standard_normal(20_000) for n in schema.names}))
    return name


def peak(batches):
    start, most = pa.total_allocated_bytes(), 0
    for batch in batches:
        most = max(most, pa.total_allocated_bytes() - start)
        del batch
    return most / 2**20


def group_by_group(name):
    file = pq.ParquetFile(name)
    for k in range(file.num_row_groups):
        yield from file.iter_batches(row_groups=[k])


ways = {
    "iter_batches": lambda name: pq.ParquetFile(name).iter_batches(),
    "to_batches": lambda name: ds.dataset(name).to_batches(
        batch_readahead=1, fragment_readahead=1, use_threads=False
    ),
    "pre_buffer=False": lambda name: pq.ParquetFile(name, pre_buffer=False).iter_batches(),
    "group by group": group_by_group,
}
small, large = write(5), write(80)
for way, batches in ways.items():
    peaks = peak(batches(small)), peak(batches(large))
    print(f"{way}: {peaks[0]:.0f} MiB of 9 MiB, {peaks[1]:.0f} MiB of 151 MiB")
    assert (peaks[1] > 90) == (way in ("iter_batches", "to_batches"))
    assert (peaks[1] < 30) == (way in ("pre_buffer=False", "group by group"))
PYTHON
echo "As stated."
