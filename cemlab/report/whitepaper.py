"""Whitepaper cases: a researcher's text whose every number is a row of a report's results."""

import json
import re
from pathlib import Path

from cemlab.report.blocks import Block
from cemlab.report.whitepaper_check import check_case, lock_of, lock_path
from cemlab.report.whitepaper_frames import FRAMES
from cemlab.report.whitepaper_parts import appendix, picture, table
from cemlab.report.whitepaper_text import FACT, REFERENCE

FORMATS = ("html", "docx", "pdf")


def new_case(path, *, report, frame="five", lang="zh", title=None):
    """Begin a case from a template; a file that is there is not replaced.

    Parameters
    ----------
    path : str or pathlib.Path
    report : str
        The report it will refer to, under the folder of reports: "service_touchpoints/2026Q3".
    frame : {"five", "six"}
        背景-方法-发现-行动-成效, or 道-法-术-器-用-势.
    lang : {"zh", "en"}
    title : str, optional

    Returns
    -------
    pathlib.Path
    """
    path = Path(path)
    if path.exists():
        raise ValueError(f"whitepaper new: {path.name} exists already; choose another name, nothing was written.")
    if (frame, lang) not in FRAMES:
        raise ValueError(f"whitepaper new: no frame {frame!r} in {lang!r}; there is five and six, in zh and en.")
    path.parent.mkdir(parents=True, exist_ok=True)
    heading = title or ("案例标题" if lang == "zh" else "Title of the case")
    path.write_text(
        FRAMES[frame, lang].replace("REPORT", report).replace("TITLE", heading), encoding="utf-8", newline="\n"
    )
    return path


def render_case(path, *, out=None, formats=("html",), reports=None, template=None):
    """Fill in the figures of a case and write it.

    Parameters
    ----------
    path : str or pathlib.Path
        The case.
    out : str or pathlib.Path, optional
        Folder to write to; ``cases/<name>`` under the folder of reports when left out.
    formats : list of str
        Of html, docx and pdf.
    reports : str or pathlib.Path, optional
        Folder of the reports.
    template : str or pathlib.Path, optional
        A company's .docx.

    Returns
    -------
    list of pathlib.Path
        The files, case.html, case.docx, case.pdf.

    Raises
    ------
    ValueError
        An unknown format, or anything `check_case` calls an error: every one is listed with its line, nothing is written.

    Notes
    -----
    The figures used are kept in ``<case>.lock.json`` beside the case, so that a later check tells what moved.
    """
    from cemlab.paths import reports_folder

    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise ValueError(f"whitepaper render: format {unknown} is not known; `formats` may hold {list(FORMATS)}.")
    checked = check_case(path, reports=reports)
    if checked.errors:
        listed = "\n  ".join(f"line {problem}" for problem in checked.errors)
        raise ValueError(f"whitepaper {Path(path).name}: {len(checked.errors)} thing(s) to mend\n  {listed}")
    notebook = case_notebook(checked)
    folder = Path(out) if out else Path(reports or reports_folder()) / "cases" / Path(path).stem
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / f"case.{name}" for name in formats]
    for target in made:
        part = target.with_name(f".{target.name}.part")
        _write(target.suffix[1:], part, notebook, checked, template)
        part.replace(target)
    text = json.dumps(lock_of(checked), ensure_ascii=False, indent=1, sort_keys=True)
    lock_path(path).parent.mkdir(parents=True, exist_ok=True)
    lock_path(path).write_text(text + "\n", encoding="utf-8", newline="\n")
    return made


def _write(name, path, notebook, checked, template):
    from cemlab.report.document import notebook_document

    lang = checked.case.lang
    if name == "html":
        from cemlab.report.html import notebook_to_html

        path.write_text(notebook_to_html(notebook, lang=lang), encoding="utf-8", newline="\n")
        return
    facts = {}
    for report, _, _ in checked.values.values():
        facts = max(
            facts, {"newest_answer": report.summary.get("newest_answer")}, key=lambda f: str(f.get("newest_answer"))
        )
    document = notebook_document(notebook, lang=lang, facts=facts)
    if name == "docx":
        from cemlab.report.docx_writer import write_docx

        write_docx(document, path, template=template)
    else:
        from cemlab.report.pdf_writer import write_pdf

        write_pdf(document, path)


def case_notebook(checked):
    """A case as a notebook with outputs: what pages and documents are made from. Names are substituted everywhere."""
    import nbformat

    hide, sources, cells = substitution(checked.case.head.get("anonymise") or {}), [], []
    for kind, content in [*_parts(checked, sources, hide), *appendix(checked, sources)]:
        if kind == "text":
            cells.append(nbformat.v4.new_markdown_cell(hide(content)))
        else:
            block = Block(hide(content.html), hide(content.plain))
            data = {"text/html": block.html, "text/plain": block.plain}
            output = nbformat.v4.new_output("display_data", data=data, metadata={"cemlab": True})
            cells.append(nbformat.v4.new_code_cell("", outputs=[output], metadata={"tags": ["remove-input"]}))
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    return nbformat.v4.new_notebook(cells=cells)


def substitution(names):
    """A function that replaces names in a text, longer ones first, so that no part of one is left."""
    ordered = sorted(((str(old), str(new)) for old, new in names.items()), key=lambda pair: -len(pair[0]))
    if not ordered:
        return lambda text: text
    pattern, known = re.compile("|".join(re.escape(old) for old, _ in ordered), flags=re.IGNORECASE), dict(ordered)
    lower = {old.lower(): new for old, new in known.items()}
    return lambda text: pattern.sub(lambda match: lower[match[0].lower()], text)


def _parts(checked, sources, hide):
    """Title, then the text in order: paragraphs with their figures filled in, tables and pictures where they stand."""
    case = checked.case
    head = [f"# {case.head['title']}"]
    if case.head.get("subtitle"):
        head.append(str(case.head["subtitle"]))
    byline = " · ".join(str(case.head[key]) for key in ("author", "date") if case.head.get(key))
    yield "text", "\n\n".join([*head, *([byline] if byline else [])])
    text = []
    known = {(one.line, one.text): one for one in checked.values}
    for number, line in enumerate(case.body.split("\n"), start=case.first_line):
        if line.lstrip().startswith("<!--"):
            continue
        forms = [m for m in REFERENCE.finditer(line) if m["form"]]
        filled = REFERENCE.sub(lambda m, n=number: "" if m["form"] else checked.values[known[n, m[0]]][2], line)
        text.append(FACT.sub(lambda m: _fact(m, sources), filled))
        for match in forms:
            yield "text", "\n".join(text)
            text = []
            reference = known[number, match[0]]
            report, rows, _ = checked.values[reference]
            how = {"lang": case.lang, "min_n": case.min_n}
            drawn = reference.form == "figure"
            yield (
                "block",
                picture(report, reference, rows, **how, hide=hide) if drawn else table(report, reference, rows, **how),
            )
    yield "text", "\n".join(text)


def _fact(match, sources):
    """A fact from outside, with the number of its source."""
    source = match["source"].strip()
    if source not in sources:
        sources.append(source)
    return f"{match['text'].strip()}〔{sources.index(source) + 1}〕"
