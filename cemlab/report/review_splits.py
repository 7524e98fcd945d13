"""The report on reviews, split by source: aspects side by side, and the months of each source."""

import pandas as pd
import polars as pl

from cemlab.report.comments import TEXT
from cemlab.report.labels import Labels
from cemlab.report.review_texts import TITLES, shown, told
from cemlab.report.topics import as_topics
from cemlab.report.wording import number

MOST = 10  # groups side by side; the largest ones
ROOM = 6  # groups beside which the bases fit, too
FEWEST = 2  # months


def show_splits(words):
    """Aspects by the first segment, and its months; nothing without segments or dates."""
    from IPython.display import display

    if words.reason or not words.study.segments:
        return
    for make in (aspects_by_source, months_by_source):
        frame = make(words)
        if frame is None:
            continue
        drawn = make is months_by_source and show_lines(frame, words)
        key = "aspect_sources" if make is aspects_by_source else "source_months"
        display(split_table(frame, words, key, folded=drawn))


def show_lines(found, words):
    """Months of each group as lines, where some have months enough; whether they were drawn."""
    from IPython.display import display

    from cemlab.report.charts_sources import lines_worth, source_panels
    from cemlab.report.figures import show_figure

    study, lang = words.study, words.study.lang
    cut, labels = study.segments[0], Labels(study.codebook, lang)
    drawn, left = lines_worth(found, cut)
    if not drawn:
        return False
    fig = source_panels(found, by=cut, names=[(code, labels.code(cut, code)) for code in drawn], lang=lang)
    title, note = (
        text.format(cut=cut_name(study), least=least_shown(study))
        for text in TITLES["source_lines"][0 if lang == "zh" else 1]
    )
    note += told("lines_left", lang, n=left) if left else ""
    display(show_figure(fig, title=title, note=note))
    return True


def cut_name(study):
    """What the first segment is called within a sentence."""
    name = study.codebook.label(study.segments[0], study.lang)
    return name if study.lang == "zh" else name.lower()


def least_shown(study):
    """Base under which no figure is shown."""
    return max(study.min_n, study.codebook.privacy.min_persons)


def aspects_by_source(words):
    """Net sentiment of each aspect in each group of the first segment (long form), or None."""
    from cemlab.text.aspect_scores import aspect_scores

    cut = words.study.segments[0]
    rows = words.now.filter(pl.col(cut).is_not_null())
    if rows[cut].n_unique() < 2:
        return None
    found = aspect_scores(rows, TEXT, lexicon=words.lexicon, by=cut, cluster=words.person)
    found = words.study.shown(as_topics(found[found["metric"] == "net_sentiment"]), rows)
    label = words.study.codebook.label
    return found.assign(row=[label(item, words.study.lang) for item in found["item"]])


def months_by_source(words):
    """Net sentiment of each group of the first segment by month (long form), or None."""
    from cemlab.text.opinions import net_sentiment

    cut = words.study.segments[0]
    if not {"_date"} <= set(words.data.columns) or "month" in words.data.columns:
        return None
    rows = words.data.filter(pl.col("_date").is_not_null() & pl.col(cut).is_not_null())
    rows = rows.with_columns(month=pl.col("_date").cast(pl.Date).dt.strftime("%Y-%m"))
    if rows["month"].n_unique() < FEWEST:
        return None
    found = net_sentiment(rows, by=[cut, "month"], min_n=words.study.min_n)
    least = words.study.codebook.privacy.min_persons
    hidden = found["n"] < max(least, words.study.min_n)
    found.loc[hidden, ["estimate", "se", "ci_low", "ci_high"]] = None
    found.loc[hidden, "status"] = "hidden"
    return found.sort_values("month", kind="stable").assign(row=lambda t: t["month"])


def split_table(found, words, key, *, folded=False):
    """Rows and groups side by side: "12.3 (45)", a dash for what is not shown."""
    study, lang = words.study, words.study.lang
    cut = study.segments[0]
    size = words.now.group_by(cut).len().sort("len", descending=True)[cut].to_list()
    order = [code for code in study.codebook.columns[cut].options if code in size]
    order = [code for code in order + [c for c in size if c is not None and c not in order] if code in size[:MOST]]
    found = found.assign(cell=[cell(row, len(order) <= ROOM) for row in found.to_dict("records")])
    wide = found.pivot(index="row", columns=cut, values="cell").reindex(found["row"].drop_duplicates())
    wide = wide.reindex(columns=order).fillna("—")
    wide = wide[(wide != "—").any(axis=1)].reset_index()
    labels = Labels(study.codebook, lang)
    columns = {code: f"g{place}" for place, code in enumerate(order)}
    heads = {"row": "aspect" if key == "aspect_sources" else "month"}
    heads |= {columns[code]: labels.code(cut, code) for code in order}
    said = {"cut": cut_name(study), "min_n": least_shown(study)}
    few = len(order) <= ROOM
    said |= {"bases_zh": "，括号内为条数" if few else "", "bases_en": " (their number)" if few else ""}
    return shown(wide.rename(columns=columns), words, key, heads=heads, said=said, columns=list(heads), folded=folded)


def cell(row, with_base):
    """One figure with its base, as text."""
    if row["status"] not in ("ok", "low_base") or pd.isna(row["estimate"]):
        return "—"
    text = number(row["estimate"], "points") + ("*" if row["status"] == "low_base" else "")
    return f"{text} ({int(row['n']):,})" if with_base else text
