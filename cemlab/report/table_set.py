"""All tables of a study from its store to the file: what `cemlab tables` and the notebook call."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cemlab.checks import nearest
from cemlab.measure.tables import QUESTION_ROLES, crosstab
from cemlab.report.door import table_through_door, write_down
from cemlab.report.labels import Labels
from cemlab.report.study import open_study, write_outputs
from cemlab.report.table_exports import write_answers, write_results
from cemlab.report.table_guard import banner_persons, guarded
from cemlab.report.table_layout import layouts, notes
from cemlab.report.table_periods import period_comparisons, period_table
from cemlab.report.workbook import write_workbook


@dataclass(frozen=True)
class TableSet:
    """Tables of a study as they may be shown; made by `make_tables`."""

    study: object
    table: object  # all cells
    layouts: list
    notes: list
    periods: object  # comparisons of periods, or None
    title: str

    @property
    def period_table(self):
        """环比, 同比 and 较目标 in words; None where nothing is scored or no period was asked for."""
        if self.periods is None or not len(self.periods):
            return None
        return period_table(self.periods, self.study.codebook, lang=self.study.lang)

    def write(self, path, *, counts=False):
        """Write the tables: .xlsx as a workbook, .csv or .parquet as one long frame; .sav holds the labelled answers."""
        path = Path(path)
        study = self.study
        if study.codebook.of_employees:
            if path.suffix.lower() == ".sav":
                raise ValueError(
                    f"tables: {path.name} would hold a row a person; of employees only tables leave. Write .xlsx or .csv."
                )
            write_down(study, path.name)
        if path.suffix.lower() == ".xlsx":
            extra = (
                {study.codebook.title(study.lang) + " 环比 / 同比": self.period_table}
                if self.period_table is not None
                else {}
            )
            return write_workbook(
                self.layouts,
                path,
                title=self.title,
                notes=self.notes,
                lang=study.lang,
                counts=counts,
                comparisons=extra,
            )
        if path.suffix.lower() == ".sav":
            return write_answers(study.now, study.codebook, path, lang=study.lang)
        return write_results(self.table, path)

    def write_report(self, folder):
        """Leave tables.xlsx and results.csv in a report's folder, with the facts its manifest names."""
        from IPython.display import Markdown

        from cemlab.paths import project_root

        folder = Path(folder) if Path(folder).is_absolute() else project_root() / folder
        folder.mkdir(parents=True, exist_ok=True)
        self.write(folder / "tables.xlsx")
        no_findings = pd.DataFrame(columns=["sentence", "p_family", "verdict"])
        write_outputs(folder, results={"tables": self.table}, findings=no_findings, study=self.study, seed=0)
        return Markdown("tables.xlsx, results.csv")


def make_tables(
    codebook,
    *,
    banner=(),
    questions=(),
    wave="latest",
    version=None,
    weights="codebook",
    period=None,
    calendar=None,
    min_n=None,
    adjust="bh",
    lang="zh",
):
    """Every question of a study by every banner, as it may be shown.

    Parameters
    ----------
    codebook : str or pathlib.Path
    banner : list of str
        As in `measure.tables.crosstab`; "_wave" sets the waves side by side and then counts all waves up to `wave`.
    questions : list of str, optional
        Names of questions; all that the wave has answers for when left out.
    wave, version, weights, min_n, lang
        As in `report.study.open_study`.
    period : {"day", "week", "month", "quarter", "year"}, optional
        Adds 环比, 同比 and 较目标 of the scored questions.
    calendar : str or pathlib.Path, optional
        As in `measure.periods.compare_periods`.
    adjust : str or None, default "bh"

    Returns
    -------
    TableSet

    Raises
    ------
    ValueError
        Unknown question, banner, wave or weight; no answers.
    """
    study = open_study(codebook, wave=wave, version=version, weights=weights, min_n=min_n, lang=lang)
    book = study.codebook
    banner = [entry for entry in banner if entry]
    data = study.everything if any("_wave" in entry.split("*") for entry in banner) else study.now
    asked = list(questions) or answered(data, book)
    known = {*book.columns, *book.batteries}
    for name in asked:
        if name not in known:
            hint = nearest(name, known)
            raise ValueError(
                f"tables: {name!r} is no question of {book.name}.{f' Did you mean {hint!r}?' if hint else ''}"
            )
    bases = {"min_n": study.min_n, "low_n": max(study.min_n, book.bases.low_n)}
    table = crosstab(data, asked, banner, codebook=book, weights=study.weights, adjust=adjust or None, **bases)
    if book.of_employees:
        study = study.with_plan(banner_cuts(banner, book, period))
        table = table_through_door(study, table, banner)
    else:
        persons = banner_persons(data, banner, book, person=study.person)
        table = guarded(table, persons, min_persons=book.privacy.min_persons)
    compared = None
    if period:
        least = max(study.min_n, book.privacy.min_persons)
        compared = period_comparisons(
            study.everything,
            book,
            period=period,
            calendar=calendar,
            weights=study.weights,
            id=study.person,
            min_n=least,
        )
    labels = Labels(book, lang)
    told = notes(labels, weights=study.weights, adjust=adjust, min_persons=book.privacy.min_persons, **bases)
    if book.about:
        told = [book.about(lang), *told]
    changed = [(w, book.waves[w].changes) for w in study.waves if w in book.waves and book.waves[w].changes]
    told += [f"{book.wave_label(w, lang)}{labels.say('：', ': ')}{change(lang)}" for w, change in changed]
    title = f"{book.title(lang)}{' · ' if lang == 'zh' else ', '}{book.wave_label(study.wave, lang)}"
    laid = layouts(table, codebook=book, lang=lang, weighted=bool(study.weights))
    return TableSet(study, table, laid, told, compared, title)


def banner_cuts(banner, book, period):
    """The cuts behind banners of employees; ValueError for one whose columns overlap, or for periods."""
    several = [e for e in banner if any(getattr(book.columns.get(p), "type", "") == "multiple" for p in e.split("*"))]
    if several or period:
        asked = f"the banner {several[0]!r}, whose columns overlap" if several else f"periods ({period})"
        raise ValueError(
            f"tables: of employees nothing is shown by {asked}: it cannot be told who could be worked out. Cut by groups that "
            "each person is in once; waves stand in the banner `_wave`."
        )
    parts = [[part.strip() for part in entry.split("*")] for entry in banner]
    if len({"_wave" in one for one in parts}) > 1:
        raise ValueError(
            "tables: of employees a banner with `_wave` stands alone or with others that have it (division*_wave): the other "
            "columns would count several waves at once."
        )
    return [[part for part in one if part != "_wave"] for one in parts]


def answered(data, book):
    """Questions of the codebook that somebody answered, in its order; comments are left to the text tools."""
    import polars as pl

    have = set(data.collect_schema().names())
    roles = [role for role in QUESTION_ROLES if role != "comment"]
    asked = book.questions(*roles)
    stored = {q.name: [name for name in q.stored if name in have] for q in asked}
    wanted = {
        name: pl.any_horizontal(pl.col(n).is_not_null() for n in names).any() for name, names in stored.items() if names
    }
    if not wanted:
        return []
    found = data.lazy().select(expr.alias(name) for name, expr in wanted.items()).collect().row(0, named=True)
    return [q.name for q in asked if found.get(q.name)]
