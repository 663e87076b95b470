"""Small tables in all the ways in which people write them, with what they hold."""

from typing import Any, NamedTuple

import numpy as np

N = 24
TOWNS = {
    "plain": ["Oak Hill", "Ash", "Elm Grove", "Fir", "Birch End", "Pine"],
    "accents": ["Zürich", "Besançon", "São Paulo", "Málaga", "Köln", "Århus"],
    "quotes": ['the "old" town', "Ash", 'a "b"', "Fir", "Birch", "Pine"],
    "Greek": ["Αθήνα", "Πάτρα", "Βόλος", "Χανιά", "Λάρισα", "Ρόδος"],
    "Russian": ["Москва", "Казань", "Омск", "Самара", "Тверь", "Пермь"],
    "Chinese": ["北京市", "上海市", "广州市", "深圳市", "南京市", "杭州市"],
    "Japanese": ["東京都", "大阪府", "さくら市", "つくば市", "カナダ通り", "ひたちなか市"],
    "Polish": ["Łódź", "Gdańsk", "Kraków", "Wrocław", "Poznań", "Częstochowa"],
}


class Variant(NamedTuple):
    """A file, and the tables that it may be read as."""

    group: str
    name: str
    content: bytes
    expected: tuple[dict[str, list[Any]], ...]
    has_header: bool = True


def table(towns="plain", **more):
    """Return columns of text, of whole numbers and of others."""
    rng = np.random.default_rng(0)
    return {
        "town": [TOWNS[towns][k % 6] for k in range(N)],
        "rooms": [int(k) for k in rng.integers(1, 9, N)],
        "size": [float(x) for x in np.round(rng.uniform(20, 200, N), 2)],
        **more,
        "price": [float(x) for x in np.round(rng.normal(0, 50, N), 1)],
    }


def rows_of(columns, decimal="."):
    """Return the fields of every row as text, an empty one for None."""

    def field(value):
        if value is None:
            return ""
        return repr(value).replace(".", decimal) if isinstance(value, float) else str(value)

    return [[field(value) for value in row] for row in zip(*columns.values(), strict=True)]


def quoted(fields, sep, quote='"', escape=None, always=False):
    """Return the fields in one line, quoted where they must be."""
    marks = {sep, quote, "\n"}
    return sep.join(
        quote + field.replace(quote, (escape or quote) + quote) + quote
        if always or marks & set(field)
        else field
        for field in fields
    )


def written(columns, sep=",", *, decimal=".", end="\n", header=None, **quotes):
    """Return a table as text."""
    lines = [list(columns) if header is None else header, *rows_of(columns, decimal)]
    return "".join(quoted(line, sep, **quotes) + end for line in lines)


def aligned(columns, before=""):
    """Return a table in columns of blanks."""
    lines = [list(columns), *rows_of(columns)]
    widths = [max(map(len, fields)) for fields in zip(*lines, strict=True)]
    return "".join(
        before
        + "  ".join(field.rjust(width) for field, width in zip(line, widths, strict=True))
        + "\n"
        for line in lines
    )


def with_text(columns, change):
    """Return a table as text, with other texts for the numbers of its last columns."""
    return columns | {name: [write(x) for x in columns[name]] for name, write in change.items()}


def make_variants():
    """Return them all."""
    return [
        *separators(),
        *numbers(),
        *quotes(),
        *lines_above(),
        *headers(),
        *encodings(),
        *line_ends(),
        *missing(),
        *units(),
    ]


def separators():
    base = table()
    plain = base | {"town": [town.replace(" ", "_") for town in base["town"]]}
    group = "separators"
    for name, sep in {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}.items():
        yield Variant(group, name, written(base, sep).encode(), (base,))
        yield Variant(
            group, f"{name}, all quoted", written(base, sep, always=True).encode(), (base,)
        )
        yield Variant(
            group,
            f"{name} and a blank",
            written(base, sep).replace(sep, f"{sep} ").encode(),
            (base,),
        )
        dated = table(day=[f"2020-03-{k + 1:02} 10:30:00" for k in range(N)])
        yield Variant(group, f"{name}, with times", written(dated, sep).encode(), (dated,))
    yield Variant(group, "colon", written(base, ":").encode(), (base,))
    yield Variant(group, "blank", written(plain, " ").encode(), (plain,))
    yield Variant(group, "blank, quoted", written(base, " ").encode(), (base,))
    yield Variant(group, "aligned", aligned(plain).encode(), (plain,))
    yield Variant(group, "aligned, indented", aligned(plain, "   ").encode(), (plain,))
    only = {name: base[name] for name in ("rooms", "size", "price")}
    yield Variant(group, "aligned numbers", aligned(only).encode(), (only,))
    yield Variant(group, "tabs and blanks", written(plain, " \t ").encode(), (plain,))
    yield Variant(group, "blanks around pipes", written(base, " | ").encode(), (base,))
    trailing = written(base, ";").replace("\n", ";\n").encode()
    yield Variant(group, "semicolon at the end", trailing, (base,))
    trailing = written(base).replace("\n", ",\n").split("\n", 1)
    no_name = (trailing[0].rstrip(",") + "\n" + trailing[1]).encode()
    yield Variant(group, "comma at the end of rows alone", no_name, (base,))
    yield Variant(group, "comma at the end", "\n".join(trailing).encode(), (base,))


def thousands(value, mark, decimal, digits=2):
    text = f"{value:,.{digits}f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", mark)


def numbers():
    group = "numbers"
    base = table()
    for name, sep in {"semicolon": ";", "tab": "\t", "pipe": "|"}.items():
        yield Variant(
            group, f"decimal comma, {name}", written(base, sep, decimal=",").encode(), (base,)
        )
    yield Variant(
        group, "decimal comma, quoted, comma", written(base, decimal=",").encode(), (base,)
    )
    yield Variant(
        group,
        "decimal comma, all quoted",
        written(base, decimal=",", always=True).encode(),
        (base,),
    )
    large = table(worth=[round(900.5 + 1234.25 * k**2, 2) for k in range(N)])
    for name, sep, mark, decimal in [
        ("dots, decimal comma, semicolon", ";", ".", ","),
        ("dots, decimal comma, tab", "\t", ".", ","),
        ("commas, semicolon", ";", ",", "."),
        ("commas, comma", ",", ",", "."),
        ("commas, tab", "\t", ",", "."),
        ("blanks, decimal comma", ";", " ", ","),
        ("narrow blanks, decimal comma", ";", "\u202f", ","),
        ("hard blanks", ",", "\u00a0", "."),
        ("apostrophes", ";", "'", "."),
    ]:
        as_text = large | {"worth": [thousands(x, mark, decimal) for x in large["worth"]]}
        yield Variant(group, name, written(as_text, sep, decimal=decimal).encode(), (large,))
    mixed = table(people=[1234 + 517 * k for k in range(N)])
    as_text = mixed | {"people": [thousands(x, ".", ",", 0) for x in mixed["people"]]}
    yield Variant(
        group, "whole numbers with dots", written(as_text, ";", decimal=",").encode(), (mixed,)
    )
    dates = table(day=[f"{k + 1:02}.03.2020" for k in range(N)])
    iso = dates | {"day": [f"2020-03-{k + 1:02}" for k in range(N)]}
    yield Variant(group, "dates with dots", written(dates, ";", decimal=",").encode(), (dates, iso))
    small = table(rate=[float(f"{1e-7 * (k + 1):.3g}") for k in range(N)])
    yield Variant(group, "exponents", written(small).encode(), (small,))
    plus = base | {"price": [f"{x:+}" for x in base["price"]]}
    yield Variant(group, "plus signs", written(plus).encode(), (base,))
    codes = table(code=[f"192.168.{k}.1" for k in range(N)])
    yield Variant(group, "addresses", written(codes, ";", decimal=",").encode(), (codes,))


def quotes():
    group = "quotes"
    base, said = table(), table("quotes")
    yield Variant(group, "doubled", written(said).encode(), (said,))
    yield Variant(group, "doubled, semicolon", written(said, ";").encode(), (said,))
    for sep in ",;\t":
        text = written(said, sep, escape="\\", always=True)
        yield Variant(group, f"backslash, {sep!r}", text.encode(), (said,))
        inside = base | {"town": [f"{town}{sep} north" for town in base["town"]]}
        yield Variant(group, f"separator inside, {sep!r}", written(inside, sep).encode(), (inside,))
    yield Variant(group, "single", written(base, quote="'", always=True).encode(), (base,))
    inside = base | {"town": [f"{town}, north" for town in base["town"]]}
    yield Variant(group, "single, comma inside", written(inside, quote="'").encode(), (inside,))
    lines = base | {"town": [f"{town}\nby the sea" for town in base["town"]]}
    yield Variant(group, "lines inside", written(lines).encode(), (lines,))
    other = base | {"town": [f"{town}; {town} | b" for town in base["town"]]}
    yield Variant(group, "other separators inside", written(other).encode(), (other,))
    apostrophe = base | {
        "town": [f"{town}'s end" if k % 5 else "d'Or" for k, town in enumerate(base["town"])]
    }
    yield Variant(group, "apostrophes", written(apostrophe).encode(), (apostrophe,))
    inches = base | {"town": [f'{k} 1/2" pipe' for k in range(N)]}
    yield Variant(
        group,
        "a quote that opens nothing",
        "\n".join(",".join(row) for row in [list(inches), *rows_of(inches)]).encode(),
        (inches,),
    )
    first = dict.fromkeys(["town", "rooms, all", 'the "size"', "price"])
    named = dict(zip(first, base.values(), strict=True))
    yield Variant(group, "names with commas and quotes", written(named).encode(), (named,))
    hashes = base | {"town": [f"#{k} {town}" for k, town in enumerate(base["town"])]}
    yield Variant(group, "hashes that are no comments", written(hashes).encode(), (hashes,))
    hashes = {
        "size": base["size"],
        "town": [f"{town} #{k}" for k, town in enumerate(base["town"])],
        "price": base["price"],
    }
    yield Variant(group, "hashes inside", written(hashes).encode(), (hashes,))


def lines_above():
    group = "other lines"
    base = table()
    for sep in ";,\t":
        yield Variant(group, f"sep={sep!r}", f"sep={sep}\n{written(base, sep)}".encode(), (base,))
    yield Variant(
        group,
        "sep=; and decimal comma",
        f"sep=;\n{written(base, ';', decimal=',')}".encode(),
        (base,),
    )
    yield Variant(group, '"sep=;" in quotes', f'"sep=;"\n{written(base, ";")}'.encode(), (base,))
    for mark in "#%":
        text = f"{mark} houses of 2020\n{mark} by hand, twice\n{written(base)}"
        yield Variant(group, f"comments with {mark}", text.encode(), (base,))
    text = f"# houses; by hand, all\n{written(base, ';', decimal=',')}"
    yield Variant(group, "comments, decimal comma", text.encode(), (base,))
    middle = written(base).splitlines()
    text = "\n".join([*middle[:9], "# the rest is of 2021", *middle[9:]])
    yield Variant(group, "a comment in the middle", text.encode(), (base,))
    named = f"#{written(base)}"
    hashed = {"#town": base["town"]} | {k: v for k, v in base.items() if k != "town"}
    yield Variant(group, "names after a hash", named.encode(), (base, hashed))
    yield Variant(group, "a title", f"Houses of 2020\n{written(base)}".encode(), (base,))
    yield Variant(
        group, "a title, semicolon", f"Houses, 2020\n{written(base, ';')}".encode(), (base,)
    )
    yield Variant(
        group, "a title and an empty line", f"Houses of 2020\n\n{written(base)}".encode(), (base,)
    )
    yield Variant(group, "a padded title", f"Houses of 2020,,,\n{written(base)}".encode(), (base,))
    many = "Report\nProduced: 2020-03-01, by hand\nUnit: m2\n\n"
    yield Variant(group, "many titles", f"{many}{written(base)}".encode(), (base,))
    yield Variant(group, "empty lines above", f"\n\n{written(base)}".encode(), (base,))
    yield Variant(
        group, "empty lines between", written(base).replace("\n", "\n\n").encode(), (base,)
    )
    yield Variant(group, "empty lines below", f"{written(base)}\n\n\n".encode(), (base,))
    yield Variant(group, "rows of commas below", f"{written(base)},,,\n,,,\n".encode(), (base,))
    yield Variant(group, "a source below", f"{written(base)}\nSource: by hand\n".encode(), (base,))


def headers():
    group = "headers"
    base = table()
    body = written(base).split("\n", 1)[1]
    yield Variant(group, "none", body.encode(), (base,), has_header=False)
    body = written(base, ";", decimal=",").split("\n", 1)[1]
    yield Variant(group, "none, decimal comma", body.encode(), (base,), has_header=False)
    only = {name: base[name] for name in ("size", "rooms", "price")}
    body = written(only).split("\n", 1)[1]
    yield Variant(group, "none, numbers", body.encode(), (only,), has_header=False)
    body = written(only, "\t").split("\n", 1)[1]
    yield Variant(group, "none, numbers, tab", body.encode(), (only,), has_header=False)
    body = aligned(only).split("\n", 1)[1]
    yield Variant(group, "none, aligned numbers", body.encode(), (only,), has_header=False)
    iris = {"a": base["size"], "b": base["price"], "c": [f"kind-{k % 3}" for k in range(N)]}
    body = written(iris).split("\n", 1)[1]
    yield Variant(group, "none, as iris.data", body.encode(), (iris,), has_header=False)
    whole = {str(k): values for k, values in enumerate(only.values())}
    yield Variant(group, "0, 1, 2", written(whole).encode(), (whole,))
    years = {"town": base["town"]} | {str(1990 + k): v for k, v in enumerate(only.values())}
    yield Variant(group, "years", written(years).encode(), (years,))
    words = {
        "town": base["town"],
        "kind": [["new", "old"][k % 2] for k in range(N)],
        "state": ["good"] * 12 + ["bad"] * 12,
    }
    yield Variant(group, "text alone", written(words).encode(), (words,))
    for name, quote in {"quoted": True, "bare": False}.items():
        names = [f"Car {k}" if quote else str(k + 1) for k in range(N)]
        lines = written({"row": names} | base, always=quote).splitlines()
        header = lines[0].split(",", 1)[1]
        text = "\n".join([header, *lines[1:]]) + "\n"
        named = {"": names if quote else [k + 1 for k in range(N)]}
        yield Variant(group, f"R row names, {name}", text.encode(), (base, named | base))
        text = text.replace(",", " ") if not quote else text.replace(",", "\t")
        plain = base if quote else base | {"town": [t.replace(" ", "_") for t in base["town"]]}
        text = (
            text
            if quote
            else "\n".join(
                [
                    " ".join(base),
                    *(" ".join([str(k + 1), *row]) for k, row in enumerate(rows_of(plain))),
                ]
            )
        )
        yield Variant(
            group, f"R row names, {name}, no comma", text.encode(), (plain, named | plain)
        )
    accents = {"Größe (m²)": base["size"], "prix €": base["price"], "n°": base["rooms"]}
    yield Variant(group, "accents", written(accents).encode(), (accents,))
    wide = {f"a column of a very long name, number {k}": base["size"] for k in range(60)}
    yield Variant(group, "long names", written(wide).encode(), (wide,))


def encodings():
    group = "encodings"
    for towns, names in {
        "accents": ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-32", "mac-roman"],
        "Russian": ["utf-8", "cp1251", "koi8-r", "utf-16"],
        "Polish": ["cp1250", "iso8859-2"],
        "Greek": ["cp1253", "iso8859-7"],
        "Chinese": ["utf-8-sig", "gbk", "gb18030", "big5hkscs"],
        "Japanese": ["shift-jis", "euc-jp", "utf-16"],
    }.items():
        base = table(towns)
        for name in names:
            if name == "big5hkscs":
                base = base | {"town": ["臺北市", "高雄市", "臺中市"] * 8}
            yield Variant(group, f"{towns}, {name}", written(base).encode(name), (base,))
    base = table("accents")
    for name in "utf-16-le", "utf-16-be", "utf-32-le":
        yield Variant(group, f"{name} without a mark", written(base).encode(name), (base,))
    text = written(base, ";", decimal=",")
    yield Variant(group, "latin-1, decimal comma", text.encode("latin-1"), (base,))
    yield Variant(group, "utf-16, tab", written(base, "\t").encode("utf-16"), (base,))
    base = table("Russian")
    yield Variant(
        group, "cp1251, decimal comma", written(base, ";", decimal=",").encode("cp1251"), (base,)
    )
    named = dict(zip(["город", "комнаты", "площадь", "цена"], base.values(), strict=True))
    yield Variant(group, "cp1251, names", written(named, ";").encode("cp1251"), (named,))
    yield Variant(
        group, "utf-8-sig, quoted", written(named, always=True).encode("utf-8-sig"), (named,)
    )


def line_ends():
    group = "lines"
    base = table()
    yield Variant(group, "CRLF", written(base, end="\r\n").encode(), (base,))
    yield Variant(
        group, "CRLF, semicolon", written(base, ";", end="\r\n", decimal=",").encode(), (base,)
    )
    yield Variant(group, "CR", written(base, end="\r").encode(), (base,))
    yield Variant(group, "CR, semicolon", written(base, ";", end="\r").encode(), (base,))
    yield Variant(group, "no last end", written(base).encode()[:-1], (base,))
    mixed = written(base).replace("\n", "\r\n", 10)
    yield Variant(group, "CRLF and LF", mixed.encode(), (base,))
    yield Variant(group, "form feed at the end", f"{written(base)}\x1a".encode(), (base,))
    ragged = table(note=["new" if k % 3 else None for k in range(N)])
    ragged = {name: ragged[name] for name in ("town", "rooms", "size", "price", "note")}
    text = "\n".join(line.rstrip(",") for line in written(ragged).splitlines())
    yield Variant(group, "rows without their empty ends", text.encode(), (ragged,))
    blanks = "\n".join(f"{line}  " for line in written(base, ";").splitlines())
    yield Variant(group, "blanks at the end", blanks.encode(), (base,))


def missing():
    group = "missing"
    some = [None if k % 5 == 0 else round(1.5 * k, 1) for k in range(N)]
    base = table(age=some)
    yield Variant(group, "empty", written(base).encode(), (base,))
    for word in (
        "NA",
        "NaN",
        "null",
        "N/A",
        "None",
        "#N/A",
        "?",
        "-",
        ".",
        "NULL",
        "n.a.",
        "missing",
    ):
        text = base | {"age": [word if x is None else x for x in some]}
        yield Variant(group, f"{word} among numbers", written(text).encode(), (base,))
    for word in "None", "NA", "null", "N/A":
        kinds = table(damage=[[word, "Minor", "Major"][k % 3] for k in range(N)])
        yield Variant(group, f"{word} as a category", written(kinds).encode(), (kinds,))
    kinds = table(damage=[["None", "Minor", None][k % 3] for k in range(N)])
    yield Variant(group, "None as a category, and empty", written(kinds).encode(), (kinds,))
    commas = written(base, ";", decimal=",")
    yield Variant(group, "empty, decimal comma", commas.encode(), (base,))


def units():
    group = "units"
    base = table()
    for name, write in {
        "22.74 kmpl": lambda x: f"{x} kmpl",
        "22.74km": lambda x: f"{x}km",
        "$22.74": lambda x: f"${x}",
        "22.74 €": lambda x: f"{x} €",
        "EUR 22.74": lambda x: f"EUR {x}",
        "22.74%": lambda x: f"{x}%",
        "22.74 km/h": lambda x: f"{x} km/h",
    }.items():
        text = base | {"size": [write(x) for x in base["size"]]}
        yield Variant(group, name, written(text).encode(), (base,))
    large = table(worth=[1000 + 237 * k for k in range(N)])
    for name, write in {
        "1 234 EUR": lambda x: f"{x:,} EUR".replace(",", " "),
        "$1,234": lambda x: f"${x:,}",
        "1.234 €": lambda x: f"{x:,} €".replace(",", "."),
    }.items():
        text = large | {"worth": [write(x) for x in large["worth"]]}
        decimal = "," if "." in name else "."
        yield Variant(group, name, written(text, ";", decimal=decimal).encode(), (large,))
    for name, write in {
        "(22.74)": lambda x: f"({-x})" if x < 0 else str(x),
        "22.74-": lambda x: f"{-x}-" if x < 0 else str(x),
        "true minus": lambda x: str(x).replace("-", "\u2212"),
    }.items():
        text = base | {"price": [write(x) for x in base["price"]]}
        yield Variant(group, name, written(text).encode(), (base,))
