"""Key questions by segment as one banner table: bases, letters, arrows, and the index against the total."""

import pandas as pd

from cemlab.measure.schema import ALL
from cemlab.measure.tables import crosstab
from cemlab.report.blocks import Block, escape
from cemlab.report.door import table_through_door
from cemlab.report.labels import Labels
from cemlab.report.table_guard import banner_persons, guarded
from cemlab.report.table_layout import head
from cemlab.report.wording import number

MANY = 14  # questions up to which all stand in every table
LEFT_OUT = (
    "其余 {n} 题在这些人群之间未见差异，未列出，数字见 results.csv。",
    " {n} more questions show no difference between these groups; their figures stand in results.csv.",
)
WIDEST = 7  # columns of one table; more segments go into a table of their own


def segment_banner(study, items):
    """Cells of the banner: one main figure of each question in total and by every segment, or None without segments.

    Parameters
    ----------
    study : Study
    items : list of str
        Questions with a scale; NPS of a recommendation, top boxes of the others.

    Returns
    -------
    pandas.DataFrame or None
        Rows of `crosstab` as they may be shown, with ``index`` (figure / total x 100, shares only).
    """
    if not study.segments or not items:
        return None
    bases = {"min_n": study.min_n, "low_n": max(study.min_n, study.codebook.bases.low_n)}
    table = crosstab(study.now, items, study.segments, codebook=study.codebook, weights=study.weights, **bases)
    if study.codebook.of_employees:
        table = table_through_door(study, table, study.segments)
    else:
        persons = banner_persons(study.now, study.segments, study.codebook, person=study.person)
        table = guarded(table, persons, min_persons=study.codebook.privacy.min_persons)
    main = [(name, *main_row(study.codebook.columns[name])) for name in items]
    rows = pd.MultiIndex.from_frame(table[["question", "metric", "row"]])
    table = table[rows.isin(main)].reset_index(drop=True)
    total = table[table["banner"] == ALL].set_index("question")["estimate"]
    whole = table["question"].map(total)
    index = 100 * table["estimate"] / whole.where((whole > 0) & (table["unit"] == "percent"))
    return table.assign(index=index, banner_is_part=table["banner"] != ALL)


def main_row(column):
    """Metric and row of a question's main figure: NPS, top boxes, or the upper one of two codes."""
    if column.role == "nps":
        return "nps", "nps"
    if column.scale.high - column.scale.low == 1:
        return "share", str(column.scale.high)
    return "top_box", "top_box"


def show_segment_banner(cells, study, title, note):
    """The banner as tables, segments that no longer fit in one going into the next."""
    from IPython.display import display

    labels = Labels(study.codebook, study.lang)
    columns = cells[["banner", "column", "letter"]].drop_duplicates(["banner", "column"])
    parts, width = [[]], 0
    for banner, group in columns[columns["banner"] != ALL].groupby("banner", sort=False):
        if width and width + len(group) > WIDEST:
            parts.append([])
            width = 0
        parts[-1].append(banner)
        width += len(group)
    for place, banners in enumerate(parts):
        shown = columns[columns["banner"].isin([ALL, *banners])]
        count = f" {place + 1}/{len(parts)}" if len(parts) > 1 else ""
        rows, quiet = worth_a_row(cells, banners, study.codebook)
        more = note + (LEFT_OUT[labels.which].format(n=quiet) if quiet else "")
        display(one_table(rows, shown, labels, title + count, more, bool(study.weights)))


def worth_a_row(cells, banners, codebook):
    """The rows of one table, and how many questions were left out: of many, those without a letter or an arrow in it."""
    questions = cells["question"].drop_duplicates()
    if len(questions) <= MANY:
        return cells, 0
    own = cells[cells["banner"].isin(banners)]
    marked = own[own["above"].fillna("").ne("") | own["rest"].fillna("").ne("")]["question"]
    headline = [c.name for c in codebook.of_role("nps", "outcome", "effort")]
    kept = questions[questions.isin([*marked, *headline])]
    return cells[cells["question"].isin(kept)], len(questions) - len(kept)


def one_table(cells, columns, labels, title, note, weighted):
    """One banner table."""
    heads = [head(row, labels) for row in columns.to_dict("records")]
    keys = list(columns[["banner", "column"]].itertuples(index=False, name=None))
    spans, html = [], []
    for one in heads:
        if spans and spans[-1][0] == one.banner:
            spans[-1][1] += 1
        else:
            spans.append([one.banner, 1])
    top = "".join(f'<th colspan="{n}" style="text-align:center">{escape(name)}</th>' for name, n in spans)
    letters = "".join(
        f'<th scope="col" class="num">{escape(one.label)}{f"<br><small>{one.letter}</small>" if one.letter else ""}</th>'
        for one in heads
    )
    plain = [title, "\t".join(["", *(one.label for one in heads)])]
    for name, rows in cells.groupby("question", sort=False):
        found = rows.set_index(["banner", "column"])
        name = labels.code("item", name)
        figures = [figure(found.loc[key]) if key in found.index else "" for key in keys]
        bases = [base(found.loc[key], weighted) if key in found.index else "" for key in keys]
        unit = labels.say("分", "points") if rows["unit"].iloc[0] == "points" else "%"
        html.append(
            f'<tr class="first"><th scope="row" style="min-width:8em">{escape(name + labels.say(f"（{unit}）", f" ({unit})"))}</th>'
            + "".join(f'<td class="num">{text}</td>' for text in figures)
            + '</tr><tr class="quiet"><th scope="row">n</th>'
            + "".join(f'<td class="num">{text}</td>' for text in bases)
            + "</tr>"
        )
        plain.append("\t".join([name, *(text.replace("<br><small>", " ").replace("</small>", "") for text in figures)]))
    named = f'<span class="cem-no" data-kind="table"></span>{escape(title)}'
    first = f"<tr><th></th>{top}</tr><tr><th></th>{letters}</tr>"
    body = f"<table><thead>{first}</thead><tbody>{''.join(html)}</tbody></table>"
    whole = f'<div class="cem-scroll">{body}</div><p class="cem-note">{escape(note)}</p>'
    text = f'<div class="cem"><details class="cem-fold"><summary>{named}</summary>{whole}</details></div>'
    return Block(text, "\n".join(plain))


def figure(row):
    """A figure with its index, and under it arrow and letters."""
    if row["status"] == "hidden" or pd.isna(row["estimate"]):
        return "**" if row["status"] == "not_estimable" else "—"
    mark = "*" if row["status"] == "low_base" else ""
    index = f" ({row['index']:.0f})" if row["index"] == row["index"] and row["banner_is_part"] else ""
    text = number(row["estimate"], row["unit"]) + mark + index
    under = f"{row['rest']} {row['above']}".strip()
    return text + (f"<br><small>{escape(under)}</small>" if under else "")


def base(row, weighted):
    """The base of a cell, with the effective one where answers are weighted."""
    text = f"{row['n']:,.0f}"
    return text + (f"<br><small>n_eff {row['n_eff']:,.0f}</small>" if weighted and row["n_eff"] == row["n_eff"] else "")
