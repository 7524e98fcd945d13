"""Office files with the same bytes for the same content: fixed dates inside the archive and in its properties."""

import io
import re
import zipfile

FIRST = (1980, 1, 1, 0, 0, 0)  # the earliest date an archive can hold


def repacked(data, *, date):
    """An office file written anew with fixed dates.

    Parameters
    ----------
    data : bytes
        A .docx, .pptx or .xlsx file.
    date : str
        Date of its properties, as "2026-10-01T00:00:00Z".

    Returns
    -------
    bytes
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + date.encode("ascii"), content
                )
            elif name.endswith(".xlsx"):
                content = repacked(content, date=date)  # the figures behind a chart
            info = zipfile.ZipInfo(name, FIRST)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, content)
    return out.getvalue()


def report_date(facts):
    """The date a report's files bear: that of its newest answer, so that rendering again changes nothing."""
    found = re.match(r"\d{4}-\d{2}-\d{2}", str(facts.get("newest_answer") or ""))
    return f"{found[0] if found else '2000-01-01'}T00:00:00Z"
