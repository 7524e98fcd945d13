"""The report on reviews, behind its alarms: which sources moved the figure, and the reviews to read first."""

from cemlab.report.comments import TEXT
from cemlab.report.labels import Labels
from cemlab.report.review_sections import alarms_now, name_of, period_of
from cemlab.report.review_texts import shown, told
from cemlab.report.wording import number

MOST = 2  # alarms explained


def show_alarms(words):
    """For the newest low alarms of this wave: sources and reviews behind them; nothing where there is no alarm."""
    from IPython.display import display

    if words.reason:
        return
    for row in alarms_now(words).head(MOST).to_dict("records"):
        for block in (sources_table(row, words), reviews_table(row, words)):
            if block is not None:
                display(block)


def sources_table(row, words):
    """Contributions of the first segment's groups to one alarm, or None."""
    rows = source_rows(row, words)
    if rows is None:
        return None
    cut, lang = words.study.segments[0], words.study.lang
    gap = number(rows["contribution"].sum(), "points")
    rows = rows.assign(**{name: [points(v) for v in rows[name]] for name in ("net", "net_others")})
    rows["contribution"] = [f"{v:+.1f}" for v in rows["contribution"]]
    rows["n"] = [f"{n:,}" if n else "—" for n in rows["n"]]
    labels = Labels(words.study.codebook, lang)
    least = words.study.codebook.privacy.min_persons
    named = {"(mix)": told("mix", lang), "(mix_small)": told("mix_small", lang, n=least)}
    rows["source"] = [named.get(code) or labels.code(cut, code) for code in rows[cut]]
    heads = {"source": words.study.codebook.label(cut, lang)}
    heads |= {name: name for name in ("n", "net", "net_others", "contribution")}
    return shown(
        rows, words, "alarm_sources", heads=heads, said={"period": name_of(row, words), "gap": gap}, columns=list(heads)
    )


def source_rows(row, words):
    """`alarm_sources` of the first segment; sources of few reviews go into the mix, so that none is told by subtraction."""
    from cemlab.text.alarm_reading import alarm_sources

    if not words.study.segments:
        return None
    cut, least = words.study.segments[0], words.study.codebook.privacy.min_persons
    rows = alarm_sources(words.data, row["at"], by=cut, period=period_of(words))
    small = (rows["n"] < least) & (rows[cut] != "(mix)")
    if (~small).sum() < 3:  # one source and the mix explain nothing
        return None
    mix = rows[cut] == "(mix)"
    rows.loc[mix, "contribution"] += rows.loc[small, "contribution"].sum()
    rows.loc[mix, cut] = "(mix_small)" if small.any() else "(mix)"
    return rows[~small].reset_index(drop=True)


def reviews_table(row, words):
    """Negative reviews of one alarm, or None where the period has too few."""
    from cemlab.text.alarm_reading import alarm_reviews

    study, lang = words.study, words.study.lang
    cut = study.segments[0] if study.segments else None
    rows = alarm_reviews(
        words.data, TEXT, row["at"], lexicon=words.lexicon, aspects=[one[0] for one in row["aspects"][:2]], by=cut,
        period=period_of(words), min_n=study.codebook.privacy.comments_min,
    )  # fmt: skip
    if not len(rows):
        return None
    labels = Labels(study.codebook, lang)
    rest = told("rest", lang)
    rows["item"] = [rest if name == "opinion" else study.codebook.label(f"topic:{name}", lang) for name in rows["item"]]
    heads = {"item": "item", "text": "text"}
    if cut:
        rows["source"] = [labels.code(cut, code) for code in rows["source"]]
        heads = {"item": "item", "source": study.codebook.label(cut, lang), "text": "text"}
    return shown(rows, words, "alarm_reviews", heads=heads, said={"period": name_of(row, words)}, columns=list(heads))


def points(figure):
    """A score with one decimal, or a dash."""
    return number(figure, "points") if figure == figure else "—"
