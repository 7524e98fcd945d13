"""The report on reviews: how many come in and from where, how they judge over time, which weeks call for a look."""

from functools import lru_cache

import pandas as pd
import polars as pl

from cemlab.analyse import touchpoints as tp
from cemlab.measure.moments import counts
from cemlab.measure.schema import combine
from cemlab.report import sections
from cemlab.report.comments import TEXT
from cemlab.report.figures import show_figure
from cemlab.report.labels import Labels
from cemlab.report.review_labels import compared
from cemlab.report.review_periods import period_name, short_days, with_days
from cemlab.report.text_sections import heads, say, sentence, table, titled
from cemlab.report.text_texts import METHODS
from cemlab.report.wording import gap, number, value


def candidates(words):
    """All that may become a sentence: stars and net sentiment since last wave and by source, aspects and themes."""
    study = words.study
    out = study.candidates(tp.candidate_claims) | words.candidates
    groups = [
        frame
        for frame in (out.get("group"), words.segment_contrasts(None if words.reason else compared(words)))
        if frame is not None
    ]
    return out | ({"group": combine(groups, by=study.segments)} if groups else {})


@lru_cache(maxsize=4)
def period_of(words):
    """The period whose reviews suffice for limits, or None."""
    return None if words.reason else tp.suitable_period(words.data.lazy(), words.study.min_n)


@lru_cache(maxsize=4)
def charts_of(words):
    """Control charts of volume and net sentiment, and the alarms: (frame, frame, frame), or None."""
    from cemlab.measure.time_before import time_before
    from cemlab.text.opinions import alarms, opinion_chart, volume_chart

    period = period_of(words)
    if period is None:
        return None
    net = opinion_chart(words.data, period=period, min_n=words.study.min_n)
    before = time_before(net, words.data)
    if before is not None:
        net = opinion_chart(words.data, period=period, min_n=words.study.min_n, baseline=before)
    found = alarms(net, words.data, TEXT, lexicon=words.lexicon, period=period, min_n=words.study.min_n)
    label = {"item": "topic:opinion"}
    return (
        volume_chart(words.every, period=period, baseline=before).assign(item="topic:volume"),
        net.assign(**label),
        found.assign(**label),
    )


def alarms_now(words):
    """Alarms of this wave on the low side, newest first."""
    found = charts_of(words)
    if found is None:
        return pd.DataFrame()
    low = found[2][found[2]["turn"] == "down"] if len(found[2]) else found[2]
    first = pd.to_datetime(words.now["_date"].drop_nulls().min())
    return low[low["start"] + pd.Timedelta(days=6) >= first].reset_index(drop=True)


def dated(key, words):
    """Key of a title whose note says what the days on the axis are, where the periods are weeks."""
    return f"{key}_week" if period_of(words) == "week" else key


def name_of(row, words):
    """A period as the reader calls it."""
    return period_name(row, period_of(words), words.study.lang)


def disclosure(study):
    """Where the reviews come from, in the codebook's words."""
    text = sections.disclosure(study)
    return text.replace("答卷", "评论") if study.lang == "zh" else text.replace("Newest answer", "Newest review")


def wave_table(study):
    """Reviews, persons and days of each wave."""
    named = sections.heads(study, "wave", "persons", "first", "last") | heads(study.lang, answers="reviews")
    return sections.table(sections.wave_table(study), study, "waves_reviews", heads=named)


def say_list(names, lang):
    """Names in a row."""
    return ("、" if lang == "zh" else ", ").join(names)


def no_course(words):
    """The sentence in place of a course over time."""
    dated = "_date" in words.data.columns and words.data["_date"].drop_nulls().len() > 0
    return sentence("sparse" if dated else "no_dates", words.study.lang)


def show_volume(words):
    """How many reviews come in, with limits, and from which source."""
    from IPython.display import display

    if words.reason:
        return
    found = charts_of(words)
    if found is None:
        display(no_course(words))
        return
    from cemlab.report.charts_text import volume_by_source
    from cemlab.report.charts_time import score_over_time

    study, lang = words.study, words.study.lang
    fig = score_over_time(with_days(found[0], period_of(words), lang), codebook=study.codebook, lang=lang, changes={})
    display(show_figure(fig, **titled(dated("volume", words), lang)))
    if study.segments:
        counted, cut = by_period(words, study.segments[0]), study.segments[0]
        names = [Labels(study.codebook, lang).code(cut, code) for code in counted.columns]
        fig = volume_by_source(counted, names=names, lang=lang)
        display(show_figure(fig, **titled("volume_sources", lang)))


def by_period(words, cut):
    """Reviews by period (rows) and group (columns, in the codebook's order)."""
    from cemlab.measure.period_codes import PERIODS, code

    days = words.every.filter(pl.col("_date").is_not_null()).with_columns(pl.col("_date").cast(pl.String).alias("day"))
    tally = counts(days, "day", by=cut)
    period = pd.to_datetime(tally["value"]).dt.to_period(PERIODS[period_of(words)])
    counted = tally.groupby([period, cut])["n"].sum().unstack(fill_value=0)
    order = [c for c in words.study.codebook.columns[cut].options if c in counted]
    counted = counted[order + [c for c in counted if c not in order]]
    if period_of(words) == "week":
        return counted.set_axis(short_days([p.start_time for p in counted.index], words.study.lang))
    return counted.set_axis([code(p) for p in counted.index])


def show_course(words):
    """Net sentiment over time with limits, and the alarms."""
    from IPython.display import display

    if words.reason:
        return
    found = charts_of(words)
    if found is None:
        display(sentence("see_volume", words.study.lang))
        return
    from cemlab.report.charts_time import score_over_time

    study, lang = words.study, words.study.lang
    fig = score_over_time(with_days(found[1], period_of(words), lang), codebook=study.codebook, lang=lang, changes={})
    display(show_figure(fig, **titled(dated("net_trend", words), lang)))
    if not len(found[2]):
        display(sentence("no_alarms", lang))
        return
    named = heads(lang, "period", "reviews", "value", "limits", "turn", "behind")
    display(table(alarm_rows(words, found[2]), words, "alarms", heads=named))


def alarm_rows(words, found):
    """One line per alarm in words."""
    lang, book, out = words.study.lang, words.study.codebook, []
    for row in found.to_dict("records"):
        behind = [
            f"{book.label('topic:' + name, lang)} {here:.1f}% ({there:.1f}%)"
            for name, here, there in row["aspects"][:3]
        ]
        nothing = say("spread" if row["turn"] == "down" else "nothing", lang)
        out.append({
            "period": name_of(row, words), "reviews": f"{int(row['n']):,}", "value": number(row["value"], "points"),
            "limits": f"[{number(row['lower'], 'points')}, {number(row['upper'], 'points')}]",
            "turn": say(row["turn"], lang), "behind": say_list(behind, lang) or nothing,
        })  # fmt: skip
    return pd.DataFrame(out)


def methods(words):
    """The method notes of the report on reviews."""
    study, lang = words.study, words.study.lang
    book = study.codebook
    return METHODS[lang].format(
        nps=value(book.minimum_effect.nps, "points", lang), share=gap(book.minimum_effect.share, "percent", lang),
        min_n=study.min_n, low_n=max(study.min_n, book.bases.low_n), min_persons=book.privacy.min_persons, zone=book.timezone,
    )  # fmt: skip
