"""The end of an employee report: findings, method notes, files."""

from cemlab.report.employee_cells import columns, probability, say, table
from cemlab.report.employee_texts import METHODS
from cemlab.report.employee_verdict import mine
from cemlab.report.findings import claims
from cemlab.report.wording import gap

LISTED = ("wave", "benchmark", "driver", "turnover", "linkage")


def findings_table(said, report):
    """Claims, and every candidate about the whole company; the others are counted."""
    here = mine(said, report)
    kinds = here["kind"].str.partition(":")[0]
    rows = here[(here["verdict"] == "claim") | kinds.isin(LISTED)]
    told = [say(f"verdict_{verdict}", report.lang) for verdict in rows["verdict"]]
    frame = columns(report, sentence=rows["sentence"], p=[probability(p) for p in rows["p_family"]], verdict=told)
    return table(frame, report, "findings", rest=f"{len(said) - len(rows):,}")


def methods(report, said):
    """The method notes, with the thresholds in force."""
    book, lang = report.book, report.lang
    return METHODS[lang].format(
        tests=f"{len(said):,}", share=gap(book.minimum_effect.share, "percent", lang), min_n=report.study.min_n,
        min_persons=book.privacy.min_persons, claims=len(claims(said)),
    )  # fmt: skip
