"""The pieces of a study report between its figures: titles, notes, and what is said where there is nothing to show."""

import pandas as pd

from cemlab.measure.profile import response_profile, wave_profile
from cemlab.report.figures import show_figure
from cemlab.report.labels import Labels
from cemlab.report.section_texts import METHODS, TITLES, VERDICTS, WORDS
from cemlab.report.tables import show_table
from cemlab.report.wording import figure_name, gap, value


def say(key, lang):
    """A word or sentence of a section."""
    return WORDS[key][0 if lang == "zh" else 1]


def titled(key, lang):
    """Title and note of a picture or table."""
    return TITLES[key][0 if lang == "zh" else 1]


def nothing(key, study):
    """A sentence in place of an empty chart or table."""
    from IPython.display import Markdown

    title = titled(key, study.lang)[0].format(name=say("headline_figures", study.lang)).strip()
    return Markdown(
        f"*{title}{say('colon', study.lang)}{say(f'no_{key}' if f'no_{key}' in WORDS else 'no_rows', study.lang)}*"
    )


def table(frame, study, key, *, columns=None, heads=None, folded=False, **words):
    """A numbered table, or a sentence where there are no rows; `words` fill the title."""
    if frame is None or not len(frame):
        return nothing(key, study)
    title, note = titled(key, study.lang)
    if columns is not None and "status" in columns and (frame["status"] == "ok").all():
        columns = [column for column in columns if column != "status"]
    options = {"codebook": study.codebook, "lang": study.lang, "columns": columns, "heads": heads, "folded": folded}
    return show_table(frame, title=title.format(**words), note=note.format(**words) or None, **options)


def picture(chart, frame, study, key, **words):
    """A numbered picture, or a sentence where no row has a figure; `words` fill the title."""
    if frame is None or not len(frame) or not (frame["status"].isin(["ok", "low_base"])).any():
        return nothing(key, study)
    title, note = titled(key, study.lang)
    fig = chart(frame.drop(columns=["verdict", "told"], errors="ignore"), codebook=study.codebook, lang=study.lang)
    return show_figure(fig, title=title.format(**words), note=note.format(**words) or None)


def pictures(chart, frame, study, key):
    """One picture for each question of the frame, under one another."""
    from IPython.display import display

    if frame is None or not len(frame):
        display(nothing(key, study))
        return
    for item, rows in frame.groupby("item", sort=False):
        name = figure_name(rows["metric"].iloc[0], item, study.codebook, study.lang).strip()
        display(picture(chart, rows.reset_index(drop=True), study, key, name=name))


def power_line(power, study):
    """本期样本下，小于 ±x 的变化无法判断: what the design of this wave could not have seen."""
    shown = power[power["status"].isin(["ok", "low_base"]) & power["detectable"].notna()]
    roles = {"nps", "outcome"}
    parts = []
    for row in shown.to_dict("records"):
        column = study.codebook.columns.get(row["item"])
        if column is None or column.role not in roles or row["metric"] == "mean":
            continue
        roles = roles - {column.role}
        name = "NPS" if row["metric"] == "nps" else study.codebook.label(row["item"], study.lang)
        parts.append(f"{name} ±{gap(row['detectable'], row['unit'], study.lang)}")
    if not parts:
        return ""
    return "*" + say("power", study.lang).format(parts=say("comma", study.lang).join(parts)) + "*"


def disclosure(study):
    """Who was asked, when and how, in the codebook's words; weighting and changes of this wave."""
    book, lang = study.codebook, study.lang
    lines = [book.about(lang)] if book.about else []
    if study.weights:
        lines.append(say("weighted", lang).format(column=book.label(study.weights, lang)))
    else:
        lines.append(say("unweighted", lang))
    changes = [(w, book.waves[w].changes) for w in study.waves if w in book.waves and book.waves[w].changes]
    lines += [f"{book.wave_label(w, lang)}{say('colon', lang)}{change(lang)}" for w, change in changes]
    if study.newest is not None:
        lines.append(say("newest", lang).format(day=day(study.newest, lang)))
    return "\n\n".join(lines)


def day(moment, lang):
    """A day as the reader writes it."""
    stamp = pd.Timestamp(moment)
    return f"{stamp.year}年{stamp.month}月{stamp.day}日" if lang == "zh" else f"{stamp:%Y-%m-%d}"


def wave_table(study):
    """Answers, persons and days of each wave."""
    profile = wave_profile(study.everything)
    profile = profile.set_index("wave").reindex(study.waves).reset_index().dropna(axis=1, how="all")
    for column in ("first", "last"):
        if column in profile:
            profile[column] = pd.to_datetime(profile[column])
    return profile


def question_table(study):
    """How many were asked each question and answered it; who was not asked, or for whom it does not apply."""
    roles = ("nps", "outcome", "effort", "touchpoint", "segment")
    have = set(study.now.collect_schema().names())
    items = [c.name for c in study.codebook.of_role(*roles) if c.name in have]
    profile = response_profile(study.now, items)
    asked = profile["answered"] + profile["no_answer"]
    out = profile[["item", "answered", "no_answer", "not_applicable", "not_asked"]]
    rate = 100 * profile["answered"] / asked.where(asked > 0)
    return out.assign(rate=[f"{share:.1f}%" if share == share else "—" for share in rate])


def named_heads(words, lang, columns):
    """Heads of columns from a table of words (`head_<column>`), where it has them."""
    return {
        column: words[f"head_{column}"][0 if lang == "zh" else 1] for column in columns if f"head_{column}" in words
    }


def heads(study, *columns):
    """Heads of columns in the report's language."""
    return {column: say(f"head_{column}", study.lang) for column in columns}


def verdicts(rows, kind, lang):
    """Verdicts in words: 显著下降, 未见显著变化, 样本不足."""
    words = VERDICTS[lang][kind]
    out = []
    for row in rows.to_dict("records"):
        turn = "up" if row["difference"] > 0 else "down"
        out.append(words[turn] if row["verdict"] == "claim" else words[row["verdict"]])
    return out


def told(frame, kind, lang):
    """A comparison frame with its verdicts in words; None stays None."""
    return None if frame is None else frame.assign(told=verdicts(frame, kind, lang))


def touchpoint_table(scores, changes, study):
    """Touchpoints with top boxes, mean and the tested change; columns for `table`."""
    if scores is None:
        return None, []
    boxes = scores[scores["metric"] == "top_box"].set_index("item")
    means = scores[scores["metric"] == "mean"].set_index("item")["estimate"]
    out = boxes.reset_index().assign(average=lambda t: t["item"].map(means).round(2))
    columns = ["stage", "item", "estimate", "interval", "average", "n"]
    if changes is not None and len(changes):
        rows = changes[changes["metric"] == "top_box"]
        change = told(rows, "wave", study.lang).set_index("item")
        for column in ("difference", "difference_low", "difference_high", "told"):
            out[column] = out["item"].map(change[column])
        out["told"] = out["told"].fillna(VERDICTS[study.lang]["wave"]["not_estimable"])
        columns += ["difference", "difference_interval", "told"]
    return out, [*columns, "status"]


def segment_rows(estimates, contrasts, study, metric):
    """Groups of all segments for one headline metric, ready for chart and table.

    Segments stand in ``stage`` and groups in ``item``, in words; the difference from the rest and its verdict are added.
    """
    labels, lang = Labels(study.codebook, study.lang), study.lang
    rows = []
    for cut in study.segments:
        part = estimates[(estimates["metric"] == metric) & (estimates[cut] != "(all)")]
        part = part[part["item"] == part["item"].iloc[0]] if len(part) else part
        rows.append(part.assign(cut=cut, group=part[cut], stage=study.codebook.label(cut, lang)))
    out = pd.concat(rows, ignore_index=True).drop(columns=study.segments)
    order = {cut: list(study.codebook.columns[cut].options) for cut in study.segments}
    place = [
        order[c].index(g) if g in order[c] else len(order[c]) for c, g in zip(out["cut"], out["group"], strict=True)
    ]
    rank = out["cut"].map({cut: i for i, cut in enumerate(study.segments)})
    out = out.assign(rank=rank, place=place).sort_values(["rank", "place", "group"], kind="stable", ignore_index=True)
    question = out["item"].iloc[0] if len(out) else ""
    out["item"] = [labels.code(c, g) for c, g in zip(out["cut"], out["group"], strict=True)]
    if contrasts is not None:
        mine = contrasts[(contrasts["metric"] == metric) & (contrasts["item"] == question)]
        contrast = told(mine, "group", lang).set_index(["cut", "group"])
        keys = pd.MultiIndex.from_frame(out[["cut", "group"]])
        for column in ("difference", "difference_low", "difference_high", "told"):
            out[column] = contrast[column].reindex(keys).to_numpy()
        out["told"] = out["told"].fillna("—")
    return out.drop(columns=["rank", "place", "cut", "group"])


def segment_part(estimates, contrasts, study, metric):
    """Picture and table of all segments for one headline metric."""
    from IPython.display import display

    from cemlab.report.charts import touchpoint_chart

    have = estimates is not None and (estimates["metric"] == metric).any()
    rows = segment_rows(estimates, contrasts, study, metric) if have else None
    drawn = None if rows is None else rows.drop(columns=[c for c in rows if c.startswith("difference")])
    display(picture(touchpoint_chart, drawn, study, f"segments_{metric}"))
    if rows is None:
        return
    columns = ["stage", "item", "estimate", "interval", "n"]
    columns += ["difference", "difference_interval", "told"] if "told" in rows else []
    columns.append("status")
    named = {"stage": say("head_segment", study.lang), "item": say("head_segment_group", study.lang)}
    named |= {"told": say("head_told", study.lang), "difference": say("head_difference", study.lang)}
    display(table(rows, study, f"segment_table_{metric}", columns=columns, heads=named, folded=True))


def heatmap(estimates, study):
    """Touchpoints by segment as an interactive chart, or a sentence where there is nothing to show."""
    from cemlab.report.charts_interactive import segment_heatmap

    title, note = titled("heatmap", study.lang)
    options = {"codebook": study.codebook, "lang": study.lang, "title": title, "note": note}
    chart = None if estimates is None else segment_heatmap(estimates, study.segments, **options)
    return nothing("heatmap", study) if chart is None else chart


def rows_of(frame, study, *roles):
    """Comparison rows of questions with one of the roles; None stays None."""
    if frame is None:
        return None
    names = {column.name for column in study.codebook.of_role(*roles)}
    return frame[frame["item"].isin(names)].drop(columns=["kind", "cut", "group"], errors="ignore")


def asked(frame):
    """Estimates without the rows of questions that nobody was asked in that wave or group; None stays None."""
    return None if frame is None else frame[(frame["n"] > 0) | (frame["n_missing"] > 0)].reset_index(drop=True)


def waves_drawn(by_wave):
    """Headline figures over the waves, for one picture each: NPS and top boxes of three waves or more.

    Two points are no course: the tables of figures and of changes say all that a line between them would.
    """
    rows = by_wave[by_wave["metric"].isin(["nps", "top_box"]) & by_wave["status"].isin(["ok", "low_base"])]
    enough = rows.groupby("item")["_wave"].transform("nunique") >= 3
    return rows[enough].reset_index(drop=True)


def rows_of_metric(frame, *metrics):
    """Rows of the metrics named; None stays None."""
    return None if frame is None else frame[frame["metric"].isin(metrics)].reset_index(drop=True)


def sample_comments(study, *, seed=0, per_group=4):
    """A few masked comments by score group, or None where the study has no comments or no NPS."""
    from cemlab.text.quotations import quotations

    comments, score = study.codebook.of_role("comment"), study.codebook.only("nps")
    if not comments or score is None:
        return None
    data = study.rows.read(study.wave, comments="written")
    have = set(data.collect_schema().names())
    frames = [
        quotations(data, c.name, score.name, per_group=per_group, min_n=study.codebook.privacy.comments_min, seed=seed)
        .assign(question=study.codebook.label(c.name, study.lang))
        for c in comments
        if c.name in have
    ]  # fmt: skip
    if not frames:
        return None
    out = pd.concat(frames, ignore_index=True)
    hidden = say("comments_hidden", study.lang)
    text = out["text"].where(out["shown"] == 1, hidden)
    groups = out["group"].map(lambda g: say(g, study.lang))
    columns = {"group": groups, "comments": out["comments"], "text": text}
    if out["question"].nunique() > 1:
        columns = {"question": out["question"], **columns}
    return pd.DataFrame(columns)


def methods(study):
    """The method notes of the study, each statistic in words with its limits."""
    book, lang = study.codebook, study.lang
    scales = []
    for column in book.of_role("outcome", "effort", "touchpoint"):
        scale = column.scale
        text = say("scale", lang).format(low=scale.low, high=scale.high, top="、".join(map(str, scale.top_codes)))
        scales.append((text, book.label(column.name, lang)))
    lines = []
    for text in dict.fromkeys(text for text, _ in scales):
        names = [name for other, name in scales if other == text]
        lines.append("- " + say("scale_line", lang).format(names=say("list", lang).join(names), text=text))
    effect = book.minimum_effect
    minimum = {
        "nps": value(effect.nps, "points", lang),
        "share": gap(effect.share, "percent", lang),
        "min_n": study.min_n,
        "low_n": max(study.min_n, book.bases.low_n),
        "min_persons": book.privacy.min_persons,
        "zone": book.timezone,
    }
    weighted = METHODS[lang]["weighted" if study.weights else "unweighted"]
    person = METHODS[lang]["person"] if study.person else METHODS[lang]["no_person"]
    return "\n".join([METHODS[lang]["text"].format(**minimum), *lines, weighted, person])


def data_version(study):
    """Which data, codebook and code the report was made from."""
    from cemlab import __version__

    return say("version", study.lang).format(
        name=study.codebook.name, version=study.version, codebook=study.codebook.hash()[:12], cemlab=__version__
    )
