"""How many dialects of CSV does each reader read exactly right?

    python benchmarks/csv_dialects.py [--out FILE] [--wrong READER ...]

writes small tables in more than a hundred ways, has each reader read them without a hint, and
counts those of which every name and every value is right, by group. Readers that are not
installed are left out: the extra "report" with the dependency group "benchmarks" has them all.
Those that want UTF-8 get the text as chardet decodes it.
"""

import argparse
import csv
import io
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import chardet
import numpy as np
import pandas as pd
from suite.csv_variants import make_variants

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        import clevercsv
        import duckdb
        import polars as pl
    except ImportError:
        clevercsv = duckdb = pl = None


def decoded(file):
    content = file.read_bytes()
    return content.decode(chardet.detect(content)["encoding"] or "utf-8").removeprefix("\ufeff")


def read_with_pandas(file):
    return pd.read_csv(io.StringIO(decoded(file)), sep=None, engine="python")


def read_with_pandas_alone(file):
    return pd.read_csv(file, sep=None, engine="python")


def read_with_polars(file):
    return pl.read_csv(io.BytesIO(decoded(file).encode())).to_pandas()


def read_with_duckdb(file):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".csv", newline="") as copy:
        copy.write(decoded(file))
        copy.flush()
        return duckdb.read_csv(copy.name).df()


def read_with_clevercsv(file):
    text = decoded(file)
    dialect = clevercsv.Detector().detect(text)
    options = {"sep": dialect.delimiter} if dialect.delimiter else {}
    if dialect.quotechar:
        options["quotechar"] = dialect.quotechar
    if dialect.escapechar:
        options["escapechar"] = dialect.escapechar
    return pd.read_csv(io.StringIO(text), **options)


def read_with_sniffed_pandas(file):
    """DuckDB finds the dialect, and pandas reads."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".csv", newline="") as copy:
        copy.write(text := decoded(file))
        copy.flush()
        found = duckdb.sql(f"from sniff_csv('{copy.name}')").df().iloc[0]
    options = {
        pandas: found[name]
        for pandas, name in [
            ("quotechar", "Quote"),
            ("escapechar", "Escape"),
            ("comment", "Comment"),
        ]
        if (len(found[name]) == 1 and found[name] != found["Quote"]) or pandas == "quotechar"
    }
    if options["quotechar"] == "(empty)":
        options["quotechar"] = '"'
    header = 0 if found["HasHeader"] else None
    return pd.read_csv(
        io.StringIO(text),
        sep=found["Delimiter"],
        skiprows=found["SkipRows"],
        header=header,
        **options,
    )


def read_with_this(file):
    from sklearn_prune._report.table.files import read_table  # noqa: PLC0415

    return read_table(file).frame.reset_index(drop=True)


READERS = {
    "this package": read_with_this,
    "pandas": read_with_pandas_alone,
    "pandas + chardet": read_with_pandas,
    "polars + chardet": read_with_polars,
    "DuckDB + chardet": read_with_duckdb,
    "DuckDB's sniffer + pandas": read_with_sniffed_pandas,
    "CleverCSV + pandas": read_with_clevercsv,
}


def is_right(variant, file, reader):
    try:
        frame = reader(file)
    except Exception:
        return False
    return any(same(frame, expected, variant.has_header) for expected in variant.expected)


def same(frame, expected, has_header):
    if frame.shape != (len(next(iter(expected.values()))), len(expected)):
        return False
    if has_header and list(map(str, frame.columns)) != list(expected):
        return False
    return all(same_column(frame.iloc[:, k], values) for k, values in enumerate(expected.values()))


def same_column(column, values):
    missing = np.array([value is None for value in values])
    if not np.array_equal(column.isna().to_numpy(), missing):
        return False
    known, values = column[~missing], [value for value in values if value is not None]
    if isinstance(values[0], str):
        if pd.api.types.is_datetime64_any_dtype(known):
            return bool((known == pd.to_datetime(values)).all())
        return [str(value) for value in known] == values
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return False
    return np.allclose(known.astype(float), values, rtol=1e-12, atol=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, metavar="FILE", help="a CSV file of the counts")
    parser.add_argument("--wrong", nargs="*", default=[], help="readers whose faults are named")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    variants = make_variants()
    readers = READERS if duckdb else {"this package": read_with_this}
    table = count(variants, readers, args.wrong)
    print("\n".join(",".join(map(str, row)) for row in table))
    if args.out:
        with args.out.open("w", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(table)


def count(variants, readers, told):
    sizes = Counter(variant.group for variant in variants)
    right = {name: Counter() for name in readers}
    with tempfile.TemporaryDirectory() as folder:
        for number, variant in enumerate(variants):
            file = Path(folder) / f"{number}.csv"
            file.write_bytes(variant.content)
            for name, reader in readers.items():
                good = is_right(variant, file, reader)
                right[name][variant.group] += good
                if name in told and not good:
                    print(f"{name}: {variant.group}: {variant.name}")
    rows = [
        [group, size, *(right[name][group] for name in readers)] for group, size in sizes.items()
    ]
    totals = [len(variants), *(sum(right[name].values()) for name in readers)]
    return [["Kind", "Files", *readers], *rows, ["all", *totals]]


if __name__ == "__main__":
    main()
