"""The report on reviews, source by source, and its frames for the file of results."""

import pandas as pd

from cemlab.measure.schema import combine
from cemlab.report.findings import with_family
from cemlab.report.labels import Labels
from cemlab.report.review_labels import compared, label_shares
from cemlab.report.review_sections import charts_of
from cemlab.report.review_texts import told as say
from cemlab.report.sections import told
from cemlab.report.text_sections import heads, table
from cemlab.report.wording import number


def show_sources(words, said, groups):
    """Net sentiment by source, each tested against the rest."""
    from IPython.display import Markdown, display

    from cemlab.text.opinions import net_sentiment

    study, lang = words.study, words.study.lang
    if words.reason:
        return
    if not study.segments:
        display(Markdown(f"*{say('no_groups', lang)}*"))
        return
    contrasts = with_family(groups, "group", said)
    judged, by_label = compared(words), label_shares(words) is not None
    frames = [source_rows(net_sentiment(judged, by=cut), contrasts, cut, words) for cut in study.segments]
    rows = pd.concat(frames, ignore_index=True)
    if by_label:
        read = pd.concat([source_rows(net_sentiment(words.now, by=cut), None, cut, words) for cut in study.segments])
        shows = read["status"].isin(["ok", "low_base"])
        rows["read"] = [number(v, "points") if there else "—" for v, there in zip(read["estimate"], shows, strict=True)]
    columns = [
        "group",
        "estimate",
        "interval",
        "n",
        *(["read"] if by_label else []),
        "difference",
        "difference_interval",
        "told",
    ]
    columns = [
        c
        for c in columns
        if c in rows or c in ("interval", "difference_interval") and "told" in rows or c == "interval"
    ]
    display(
        table(
            rows,
            words,
            "sources",
            {
                "cut": names_of_cuts(study) if lang == "zh" else names_of_cuts(study).lower(),
                "label": say("label_note", lang) if by_label else "",
            },
            columns=columns,
            heads=heads(lang, estimate="net", told="theme_told")
            | {"group": names_of_cuts(study), "read": say("label_head", lang)},
        )
    )


def names_of_cuts(study):
    """What the groups compared are called: the titles of the segments."""
    return ("、" if study.lang == "zh" else ", ").join(study.codebook.label(cut, study.lang) for cut in study.segments)


def source_rows(estimates, contrasts, cut, words):
    """The groups of one segment in words, with the tested difference from the rest."""
    study, lang = words.study, words.study.lang
    rows = study.shown(estimates.assign(item="topic:opinion"), words.now)
    labels = Labels(study.codebook, lang)
    rows = rows.assign(group=[labels.code(cut, code) for code in rows[cut]], code=rows[cut])
    if contrasts is not None:
        mine = contrasts[(contrasts["metric"] == "net_sentiment") & (contrasts["cut"] == cut)]
        mine = told(mine, "group", lang).set_index("group")
        for column in ("difference", "difference_low", "difference_high", "told"):
            rows[column] = rows["code"].map(mine[column])
        rows["told"] = rows["told"].fillna("—")
    return rows.drop(columns=[cut, "code"])


def results(words):
    """Frames for results.csv."""
    found = None if words.reason else charts_of(words)
    out = dict(words.results)
    if found is not None:
        out |= {"volume": found[0], "net_sentiment_trend": found[1]}
        out["alarms"] = alarm_table(found[2])
    if not words.reason:
        from cemlab.text.opinions import net_sentiment

        frames = [net_sentiment(compared(words), by=cut) for cut in words.study.segments]
        if frames:
            rows = combine(frames, by=words.study.segments).assign(item="topic:opinion")
            out["net_sentiment_groups"] = words.study.shown(rows, words.now)
        out |= further_results(words)
    return {name: frame for name, frame in out.items() if frame is not None}


def further_results(words):
    """Frames behind alarms, stars and splits."""
    from cemlab.report.review_alarms import source_rows
    from cemlab.report.review_checks import conflicts
    from cemlab.report.review_labels import label_agreement
    from cemlab.report.review_sections import alarms_now
    from cemlab.report.review_splits import aspects_by_source, months_by_source
    from cemlab.report.review_words import first_seen

    out = {
        "new_words": first_seen(words),
        "star_conflicts": conflicts(words),
        "label_agreement": label_agreement(words),
    }
    found = alarms_now(words).head(1).to_dict("records")
    rows = source_rows(found[0], words) if found else None
    out["alarm_sources"] = None if rows is None else rows.assign(at=found[0]["at"])
    if words.study.segments:
        out["aspects_by_source"], out["net_sentiment_months"] = aspects_by_source(words), months_by_source(words)
    return {name: frame if frame is None else frame.drop(columns="row", errors="ignore") for name, frame in out.items()}


def alarm_table(found):
    """Alarms with their aspects as codes in one text, for the file."""
    listed = [
        "; ".join(f"{name} {here:.1f} ({there:.1f})" for name, here, there in aspects) for aspects in found["aspects"]
    ]
    return found.assign(aspects=listed)
