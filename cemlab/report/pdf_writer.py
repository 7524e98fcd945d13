"""A report as a PDF with Chinese fonts: vector pictures, tables that go on over pages with their heads."""

from pathlib import Path

from cemlab.report.html import text_of
from cemlab.report.typesetting import page_data, private_folder, typeset


def write_pdf(document, path):
    """Write a document as PDF.

    Parameters
    ----------
    document : Document
        Output of `read_document`.
    path : str or pathlib.Path

    Returns
    -------
    pathlib.Path

    Notes
    -----
    The text can be searched and copied; its font (Noto Sans SC) is embedded, only the signs used. A sign the font lacks
    (an emoji) becomes a stand-in, and a note at the end names it. The same document gives the same bytes.
    """
    path = Path(path)
    with private_folder() as folder:
        content = page_data(document, Path(folder))
        path.write_bytes(typeset(text_of("report.typ"), content, folder=Path(folder)))
    return path
