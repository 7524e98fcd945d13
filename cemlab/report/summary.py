"""A report in short, for machines: its first screen and the words for the codes of its results (report.json)."""

import json
from pathlib import Path

import pandas as pd

from cemlab.measure.schema import COMPARISONS, ESTIMATES
from cemlab.report.document import read_document
from cemlab.report.labels import HEADS, REFERENCES, Labels

NAME = "report.json"
TEXTS = ("method", "adjust", "status", "unit", "kind", "verdict", "direction", "sentence", "above", "rest", "letter")


def write_summary(folder, *, codebook=None, lang=None):
    """Write report.json into a report's folder and return its content.

    Parameters
    ----------
    folder : str or pathlib.Path
        A finished report.
    codebook : Codebook, optional
        Gives the words for codes, so that they need not be looked up again where the codebook is not at hand.
    lang : {"zh", "en"}, optional

    Returns
    -------
    dict
        title, lang, study, period, newest_answer, data_version, headline, cards, findings, actions, labels.
    """
    content = make_summary(folder, codebook=codebook, lang=lang)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    (Path(folder) / NAME).write_text(text + "\n", encoding="utf-8", newline="\n")
    return content


def read_summary(folder):
    """What report.json says; made from the report where an older one has none."""
    path = Path(folder) / NAME
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else make_summary(folder)


def make_summary(folder, *, codebook=None, lang=None):
    """The content of report.json."""
    folder = Path(folder)
    document = read_document(folder, lang=lang)
    facts = document.facts
    tables = [read_table(folder / name) for name in ("results.csv", "findings.csv")]
    return {
        "title": document.title,
        "lang": document.lang,
        "study": facts.get("codebook") or facts.get("study"),
        "period": facts.get("wave"),
        "newest_answer": facts.get("newest_answer"),
        "data_version": facts.get("data_version"),
        **document.opening,
        "labels": labels_of(tables, codebook, document.lang),
    }


def read_table(path):
    """results.csv or findings.csv with codes as text; the apostrophe before harmless formulas is taken off."""
    path = Path(path)
    if not path.is_file():
        return pd.DataFrame()
    head = pd.read_csv(path, nrows=0).columns
    codes = {c: str for c in head if c in ("_wave", "metric", "item", "cut", "group", "reference", "part")}
    table = pd.read_csv(path, dtype=codes, low_memory=False)
    for column in table.columns[[kind.kind not in "ifb" for kind in table.dtypes]]:
        table[column] = table[column].map(lambda v: v[1:] if isinstance(v, str) and v[:2] in PROTECTED else v)
    return table


PROTECTED = {"'" + sign for sign in "=+-@\t\r"}


def labels_of(tables, codebook, lang):
    """Words for every code that stands in results: column -> code -> words, and "columns" for the heads."""
    labels, out = Labels(codebook, lang), {"columns": {}}
    for table in tables:
        for column in table.columns:
            if column in TEXTS or table[column].dtype.kind in "if":
                if column not in ESTIMATES and column not in COMPARISONS and codebook and column in codebook.columns:
                    out["columns"][column] = labels.head(column)
                continue
            name = "wave" if column == "_wave" else column
            if name in HEADS or codebook is None or name in codebook.columns:
                out["columns"][column] = labels.head(name)
            for code in table[column].dropna().astype(str).unique()[:500]:
                said = _say(labels, column, code)
                if said != code:
                    out.setdefault(column, {})[code] = said
    return _groups(tables, out, labels)


def _say(labels, column, code):
    if column == "metric":
        return labels.metric(code)
    if column == "reference" and code in REFERENCES:
        return labels.code(column, code)
    return labels.code(column, code)


def _groups(tables, out, labels):
    """Findings name a cut and a group of it: the group's words come from the cut."""
    for table in tables:
        if {"cut", "group"} <= set(table.columns) and labels.codebook is not None:
            for cut, group in table[["cut", "group"]].dropna().drop_duplicates().itertuples(index=False):
                pairs = zip(str(cut).split(" × "), str(group).split(" × "), strict=False)
                out.setdefault("group", {})[f"{cut}={group}"] = " × ".join(labels.code(c, g) for c, g in pairs)
                out.setdefault("cut", {})[str(cut)] = " × ".join(labels.head(c) for c in str(cut).split(" × "))
    return out


class Words:
    """The labels of a report.json, looked up; a code without words stands as it is."""

    def __init__(self, summary):
        self.known, self.lang = summary.get("labels", {}), summary["lang"]
        self.plain = Labels(None, self.lang)

    def head(self, column):
        """The head of a column."""
        return self.known.get("columns", {}).get(column) or self.plain.head("wave" if column == "_wave" else column)

    def code(self, column, code):
        """A code in words."""
        said = self.known.get(column, {}).get(str(code))
        return said or _say(self.plain, column, code)
