"""One finished report in every format asked for, all from the same rows; no browser and no office program is needed."""

from pathlib import Path

from cemlab.report import manifest
from cemlab.report.document import read_document
from cemlab.report.summary import read_summary

FORMATS = ("html", "docx", "pdf", "pptx", "png", "xlsx")
WITH_TEMPLATE = {"docx": ".docx", "pptx": ".pptx"}


def write_formats(folder, formats, *, template=None, lang=None):
    """Write a finished report in further formats, beside its report.html.

    Parameters
    ----------
    folder : str or pathlib.Path
        The report: run.ipynb, results.csv, findings.csv, facts.json.
    formats : list of str
        Of html, docx (Word), pdf, pptx (PowerPoint), png (a long picture, 1,080 pixels wide) and xlsx (Excel). "html" is
        there already and is left as it is.
    template : path, list of paths or dict, optional
        A company's .docx or .pptx whose styles, header and master are used; one of each as a list or by format.
    lang : {"zh", "en"}, optional
        Language of the words around the report's own; the report's when left out.

    Returns
    -------
    list of pathlib.Path
        The files, in the order asked for.

    Raises
    ------
    ValueError
        An unknown format, a template that cannot be used, or no finished report; nothing was written.

    Notes
    -----
    The files are entered into manifest.json with their hashes. The same report gives the same bytes.
    """
    require_formats(formats, "write_formats")
    folder, templates = Path(folder), _templates(template)
    manifest.require_rendered(folder)
    document = read_document(folder, lang=lang)
    out = []
    for name in dict.fromkeys(formats):
        path = folder / f"report.{name}"
        if name != "html":
            _write(name, path, folder, document, templates.get(name))
        out.append(path)
    if (folder / manifest.NAME).is_file():
        manifest.seal(folder)
    return out


def require_formats(formats, where):
    """Raise ValueError unless every format is known and there is at least one."""
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise ValueError(f"{where}: format {unknown} is not known; `formats` may hold {list(FORMATS)}.")


def _write(name, path, folder, document, template):
    """One format; what is there stays until the new file is whole."""
    part = path.with_name(f".{path.name}.part")
    try:
        if name == "docx":
            from cemlab.report.docx_writer import write_docx

            write_docx(document, part, template=template)
        elif name == "pdf":
            from cemlab.report.pdf_writer import write_pdf

            write_pdf(document, part)
        elif name == "png":
            from cemlab.report.long_picture import write_long_picture

            write_long_picture(folder, part, document=document, summary=read_summary(folder))
        elif name == "pptx":
            from cemlab.report.pptx_writer import write_pptx

            write_pptx(folder, part, document=document, summary=read_summary(folder), template=template)
        else:
            from cemlab.report.xlsx_writer import write_xlsx

            write_xlsx(folder, part, document=document, summary=read_summary(folder))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _templates(template):
    """Templates by format."""
    if template is None:
        return {}
    given = template if isinstance(template, dict) else {}
    for one in [] if isinstance(template, dict) else [template] if isinstance(template, (str, Path)) else template:
        name = next((n for n, suffix in WITH_TEMPLATE.items() if Path(one).suffix.lower() == suffix), None)
        if name is None:
            raise ValueError(f"write_formats: template {Path(one).name!r} is neither .docx nor .pptx.")
        given = given | {name: one}
    for name, one in given.items():
        if name not in WITH_TEMPLATE or not Path(one).is_file():
            raise ValueError(
                f"write_formats: no template {str(one)!r} for {name!r}; give a .docx or .pptx that is there."
            )
    return given
