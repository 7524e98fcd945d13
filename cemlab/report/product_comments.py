"""Likes and dislikes of a product report: open answers sorted into themes and counted by concept."""

import polars as pl

from cemlab.report.brand_cells import text
from cemlab.report.product_cells import columns, note, say, table, thing_name

LEAST = 60  # comments of one question below which nothing is sorted
CHINESE = 0.5


def sorted_comments(report, which):
    """(estimates of theme shares by concept, {theme: words}) of the likes or dislikes; None and a reason where there are too few.

    Themes are found over all concepts together, so that a concept's shares can be set beside another's; texts are masked as
    they are read, and neither words of one person nor texts leave this function.
    """
    from cemlab.checks import DataError
    from cemlab.masking import mask_series
    from cemlab.text.theme_scores import theme_scores
    from cemlab.text.themes import find_themes

    study, test = report.study, report.book.product_questions.concept_test
    name = getattr(test, which) if test else None
    if not name or test.concept is None:
        return None, ""
    have = [*dict.fromkeys(c for c in (test.concept, "_person", study.weights) if c)]
    rows = study.rows.read(study.wave, comments=True).select(*have, name).collect()
    rows = rows.filter(pl.col(name).str.contains(r"[\p{L}\p{N}]") & pl.col(test.concept or "concept").is_not_null())
    if len(rows) < LEAST:
        return None, "few_comments"
    if rows[name].str.contains(r"\p{Han}").mean() < CHINESE:
        return None, "foreign"
    rows = rows.with_columns(mask_series(rows[name]).alias(name)).rename(
        {test.concept: "concept"} if test.concept not in (None, "concept") else {}
    )
    try:
        themes = find_themes(rows[name].to_list(), candidates=(2, 3, 4, 5, 6))
    except DataError:
        return None, "few_comments"
    shares = theme_scores(rows, name, themes=themes, by="concept", weights=study.weights, min_n=study.min_n)
    return (report.shown(shares, rows.lazy()), themes.names), ""


def by_concept(report):
    """Whether open answers can be told apart by concept: a column says which one a row is about, or there is one only."""
    return report.book.product_questions.concept_test.concept is not None or len(report.order["concept"]) == 1


def comment_table(report, found, which):
    """Themes down, concepts across; a sentence where nothing was sorted."""
    result, reason = found
    if result is None:
        return note(say(reason, report.lang)) if reason else None
    shares, names = result
    cells = {(r["item"], r["concept"]): r for r in shares.to_dict("records")}
    concepts = [c for c in report.order["concept"] if any(k[1] == c for k in cells)]
    told = columns(report, theme=[str(names[t]) for t in names])
    for c in concepts:
        base = max((r["n"] for (_, code), r in cells.items() if code == c), default=0)
        told[f"{thing_name(report, 'concept', c)} (n={base:,.0f})"] = [
            text(cells[t, c]) if (t, c) in cells else "—" for t in names
        ]
    return table(told, report, which)


def quotations(report):
    """Masked comments chosen by rule (typical, most positive, most negative); nothing without open answers."""
    from cemlab.report.comments import open_comments
    from cemlab.report.text_sections import show_quotations

    test = report.book.product_questions.concept_test
    if test is not None and (test.likes or test.dislikes):
        show_quotations(open_comments(report.study))
