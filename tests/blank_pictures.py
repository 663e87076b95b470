"""Reports without pictures, which take the longest, for tests that look at other things."""

from sklearn_prune._report.output.page_pictures import PagePicture

BLANK = {"width": PagePicture({}, []), "kept": PagePicture({}, [])}


def draw_nothing(monkeypatch):
    """Let reports, and the files that they write, have blank pictures."""
    files = "sklearn_prune._report.output.written_files"
    monkeypatch.setattr(f"{files}.draw_pictures", lambda findings: {"width": b"", "kept": b""})
    for module in files, "sklearn_prune._report.result":
        monkeypatch.setattr(f"{module}.draw_panels", lambda findings: BLANK)
