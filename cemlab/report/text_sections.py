"""The part of a study report on comments: sentiment, aspects, themes, words, quotations, each with its reservations."""

import pandas as pd

from cemlab.report.comments import LEAST
from cemlab.report.figures import show_figure
from cemlab.report.findings import with_family
from cemlab.report.sections import told
from cemlab.report.tables import show_table
from cemlab.report.text_texts import TITLES, WORDS
from cemlab.report.wording import number

FEW_WORDS = 15  # words under which a cloud shows nothing that reading them would not


def say(key, lang, **words):
    """A word or sentence of these sections."""
    return WORDS[key][0 if lang == "zh" else 1].format(**words)


def titled(key, lang, **words):
    """Title and note of a picture or table."""
    title, note = TITLES[key][0 if lang == "zh" else 1]
    return {"title": title.format(**words), "note": note.format(**words)}


def heads(lang, *keys, **named):
    """Heads of columns: `keys` are their own words, `named` maps a column to another word."""
    return {key: say(key, lang) for key in keys} | {column: say(key, lang) for column, key in named.items()}


def sentence(key, lang, **words):
    """A sentence in place of a chart."""
    from IPython.display import Markdown

    return Markdown(f"*{say(key, lang, **words)}*")


def table(frame, words, key, told=None, **options):
    """A numbered table in the study's language and labels; `told` fills title and note."""
    study = words.study
    named = titled(key, study.lang, **(told or {}))
    return show_table(frame, codebook=study.codebook, lang=study.lang, **named, **options)


def show_sentiment(words):
    """How many wrote, how that reads, and how sure the reading is; one sentence where there is nothing to count."""
    from IPython.display import Markdown, display

    lang = words.study.lang
    if words.reason:
        display(Markdown(say(words.reason, lang, written=f"{words.written:,}", least=LEAST)))
        return
    percent = f"{100 * words.written / max(words.asked, 1):.1f}%"
    share = "share_reviews" if words.study.codebook.study == "word_of_mouth" else "share"
    counted = say(share, lang, asked=f"{words.asked:,}", written=f"{words.written:,}", percent=percent)
    if share == "share_reviews" and words.asked > words.written:
        counted += say("wordless", lang, n=f"{words.asked - words.written:,}")
    silent = words.written - len(words.now)
    counted += say("silent", lang, silent=f"{silent:,}") if silent else ""
    display(Markdown(counted + "\n\n" + correction(words)))
    named = heads(lang, "wave", "reviews", "positive", "neutral", "negative", "net")
    display(table(sentiment_rows(words), words, "comment_sentiment", heads=named))


def sentiment_rows(words):
    """One row per wave: comments with an opinion, the three shares and the net sentiment with their intervals, as text."""
    out = []
    for wave in words.waves:
        shares = words.sentiment[words.sentiment["_wave"] == wave].set_index("item")
        net = words.net[words.net["_wave"] == wave].iloc[0]
        cells = {"wave": wave, "reviews": f"{int(net['n']):,}"}
        for opinion in ("positive", "neutral", "negative"):
            cells[opinion] = with_interval(shares.loc[f"topic:{opinion}"], "percent")
        out.append({**cells, "net": with_interval(net, "points")})
    return pd.DataFrame(out)


def with_interval(row, unit):
    """ "47.7% [42.8, 52.6]", or a dash for a figure that is not shown."""
    from cemlab.report.rows import interval_text

    return interval_text(row, unit) if row["status"] in ("ok", "low_base") else "—"


def correction(words):
    """Whether the shares are corrected, and how right the program is, in words."""
    lang = words.study.lang
    if words.gold is None:
        return say("uncorrected", lang)
    from cemlab.text.sentiment_audit import sentiment_audit

    row = sentiment_audit(words.gold).set_index("metric").loc["accuracy"]
    bounds = f"{row['estimate']:.0f}% [{row['ci_low']:.0f}, {row['ci_high']:.0f}]"
    return say("corrected", lang, n=f"{int(row['n']):,}", accuracy=bounds)


def show_aspects(words, said):
    """What comments are about and how each aspect is judged, by stage; how that goes with NPS."""
    from IPython.display import display

    if words.reason:
        return
    from cemlab.report.charts import score_dots, touchpoint_chart
    from cemlab.report.charts_text import effects_chart

    study, lang = words.study, words.study.lang
    frame, unnamed = named_aspects(words.aspects)
    if not len(frame):
        display(sentence("no_aspects", lang))
        return
    net = frame[(frame["metric"] == "net_sentiment") & frame["status"].isin(["ok", "low_base"])]
    drawn = len(net) > 1  # one row is told by the table
    if drawn:
        single = net["stage"].nunique() == 1
        chart = (
            score_dots(net.drop(columns="stage"), codebook=study.codebook, lang=lang)
            if single
            else touchpoint_chart(net, codebook=study.codebook, lang=lang)
        )
        display(show_figure(chart, **titled("aspects_net", lang)))
    rows = aspect_rows(frame, with_family(words.candidates.get("aspect"), "aspect", said), lang)
    columns = ["stage", "item", "estimate", "interval", "mentions"]
    columns += [] if drawn else ["net", "net_interval"]
    columns = [c for c in columns if c != "stage" or frame["stage"].nunique() > 1]
    columns += ["change", "told"] if "told" in rows else []
    named = heads(lang, "mentions", "net", "net_interval", "change", "told", item="aspect", estimate="mention")
    silent = say("unnamed", lang, n=unnamed) if unnamed else ""
    kinds = {(True, False): "share", (False, False): "net", (True, True): "change", (False, True): "all"}
    filled = {"what": say("aspects_" + kinds[drawn, "told" in rows], lang), "least": max(30, study.min_n)}
    filled |= {"silent": silent, "tested": say("tested", lang) if "told" in rows else ""}
    display(table(rows, words, "aspects", filled, columns=columns, heads=named))
    shown = words.effects
    shown = None if shown is None else shown[shown["status"].isin(["ok", "low_base"])]
    if shown is not None and len(shown):
        chart = effects_chart(shown, codebook=study.codebook, lang=lang)
        display(show_figure(chart, **titled("effects", lang, n=f"{words.scored:,}")))


def named_aspects(frame):
    """The aspects that at least one comment names, and how many others the lexicon knows."""
    share = frame[frame["metric"] == "mention_share"]
    silent = share.loc[share["estimate"].eq(0), "item"]
    return frame[~frame["item"].isin(silent)].reset_index(drop=True), len(silent)


def change_text(row):
    """ "+4.3 [-2.0, 10.6]", or a dash where nothing was compared."""
    if pd.isna(row["difference"]) or pd.isna(row["difference_low"]):
        return "—"
    low, high = number(row["difference_low"], "points"), number(row["difference_high"], "points")
    return f"{row['difference']:+.1f} [{low}, {high}]"


def aspect_rows(frame, changes, lang):
    """One row per aspect: mentions and net sentiment beside each other, with the verdict on the net sentiment's change."""
    share = frame[frame["metric"] == "mention_share"].reset_index(drop=True)
    net = frame[frame["metric"] == "net_sentiment"].set_index("item")
    hidden = ~net["status"].isin(["ok", "low_base"])
    weak = net["status"].eq("low_base").map({True: "*", False: ""})
    value = [f"{number(v, 'points')}{mark}" for v, mark in zip(net["estimate"].fillna(0), weak, strict=True)]
    bounds = [
        f"[{number(low, 'points')}, {number(high, 'points')}]"
        for low, high in zip(net["ci_low"].fillna(0), net["ci_high"].fillna(0), strict=True)
    ]
    value, bounds = (pd.Series(texts, net.index).mask(hidden, "—") for texts in (value, bounds))
    out = share.assign(net=share["item"].map(value), net_interval=share["item"].map(bounds))
    out["mentions"] = out["item"].map(net["n"]).fillna(0).astype(int)
    if changes is not None:
        rows = told(changes[changes["metric"] == "net_sentiment"], "wave", lang).set_index("item")
        out["told"] = out["item"].map(rows["told"]).fillna("—")
        out["change"] = out["item"].map(rows.apply(change_text, axis=1)).fillna("—")
    return out


def show_themes(words, said):
    """Themes found without a lexicon, and which rise; a sentence where the division would not last."""
    from IPython.display import display

    if words.reason:
        return
    lang = words.study.lang
    if words.themes is None:
        display(sentence("no_themes", lang))
        return
    changes = with_family(words.candidates.get("theme"), "theme", said)
    if changes is None:
        named = heads(lang, estimate="theme_share", item="theme")
        rows = words.theme_shares.sort_values("estimate", ascending=False, kind="stable")
        display(table(rows, words, "themes_now", columns=["item", "estimate", "interval", "n"], heads=named))
        return
    rows = told(changes, "wave", lang).sort_values("difference", ascending=False, kind="stable")
    columns = ["item", "estimate", "reference_estimate", "difference", "difference_interval", "p_adjusted", "told"]
    named = heads(lang, "estimate", item="theme", told="theme_told", reference_estimate="share_before")
    bases = {"n": f"{rows['n'].max():,.0f}", "n_reference": f"{rows['n_reference'].max():,.0f}"}
    display(table(rows, words, "themes", bases, columns=columns, heads=named))


def show_words(words):
    """Words that separate promoters from detractors (or high from low ratings), as a chart, and the cloud."""
    from IPython.display import display

    if words.reason:
        return
    from cemlab.report.charts_text import keyness_chart, word_cloud
    from cemlab.report.echarts import show_chart

    lang, found = words.study.lang, words.words
    if found is None or not len(found):
        display(sentence("no_words", lang))
        return
    names = tuple(say(side, lang) for side in words.sides[1:])
    both = {"target": names[0], "reference": names[1]}
    apart = found[(found["ci_low"] > 0) | (found["ci_high"] < 0)].reset_index(drop=True)
    if len(apart):
        display(show_figure(keyness_chart(apart, lang=lang, names=names), **titled("keyness", lang, **both)))
    else:
        display(sentence("no_words_apart", lang, n=len(found), **both))
    if len(found) < FEW_WORDS:
        return
    cloud = word_cloud(found.assign(total=found["n"] + found["n_reference"]), value="total")
    display(show_chart(cloud, height=360, lang=lang, **titled("cloud", lang)))


def show_quotations(words):
    """Masked comments chosen by rule."""
    from IPython.display import display

    if words.reason:
        return
    lang, rows = words.study.lang, words.quotations()
    if not len(rows):
        display(sentence("no_quotations", lang))
        return
    rows = rows.assign(
        label=rows["label"].map(lambda one: say(one, lang)), rule=rows["rule"].map(lambda r: say(r, lang))
    )
    rows = rows.rename(columns={"label": "judged"})
    named = heads(lang, "rule", "text", item="aspect", judged="opinion")
    display(table(rows, words, "quotations", columns=["item", "judged", "rule", "text"], heads=named))
