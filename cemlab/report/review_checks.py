"""The report on reviews, how far they can be trusted: stars against words, copied texts, praise by default."""

import pandas as pd
import polars as pl

from cemlab.report.comments import TEXT
from cemlab.report.review_labels import label_sentences
from cemlab.report.review_texts import shown, told
from cemlab.report.rows import interval_text
from cemlab.report.wording import number

MOST = 5  # copied texts listed


def show_checks(words):
    """Copies and praise by default in one sentence and a table; stars by wave; stars that contradict the words."""
    from IPython.display import Markdown, display

    if words.reason:
        return
    agreed = label_sentences(words)
    display(Markdown("\n\n".join([*([agreed] if agreed else []), copies_sentence(words)])))
    for block in (copies_table(words), star_mix(words), conflicts_table(words), examples_table(words)):
        if block is not None:
            display(block)


def written_now(words):
    """All reviews of this wave, with those that hold no opinion."""
    return words.every.filter(pl.col("_wave") == words.study.wave)


def copies_sentence(words):
    """How many reviews repeat another one, and what they do to the net sentiment."""
    from cemlab.text.copied_reviews import copied_reviews, copy_marks
    from cemlab.text.opinions import net_sentiment

    lang, now = words.study.lang, written_now(words)
    found, space = copied_reviews(now, TEXT), "" if lang == "zh" else " "
    silent = int((now["label"] == "none").sum())
    more = told("silent", lang, n=f"{silent:,}").strip() if silent else ""
    if not len(found):
        return told("no_copies", lang, n=f"{len(now):,}") + space + more
    rows = int(found["copies"].sum())
    one = now.filter(~copy_marks(now, TEXT))
    whole, without = (net_sentiment(part.filter(pl.col("label") != "none"))["estimate"].iloc[0] for part in (now, one))
    share = 100 * rows / len(now)
    said = {"n": f"{len(now):,}", "rows": f"{rows:,}", "percent": f"{share:.1f}%" if share >= 0.1 else "<0.1%"}
    said |= {"texts": f"{len(found):,}", "whole": number(whole, "points"), "without": number(without, "points")}
    bursts = int((found["burst"] > 0).sum())
    parts = [told("copies_told", lang, **said), told("bursts", lang, n=f"{bursts:,}") if bursts else "", more]
    return space.join(part for part in parts if part)


def copies_table(words):
    """The texts with most copies, or None."""
    from cemlab.text.copied_reviews import copied_reviews

    study = words.study
    cut = study.segments[0] if study.segments else None
    found = copied_reviews(written_now(words), TEXT, by=cut).head(MOST)
    if not len(found):
        return None
    dated = found["first"].notna()
    found["span"] = [
        f"{a:%Y-%m-%d}～{b:%m-%d}" if there else "—"
        for a, b, there in zip(found["first"], found["last"], dated, strict=True)
    ]
    found["burst"] = [str(n) if n else "—" for n in found["burst"]]
    heads = {"text": "copied", "copies": "copies"}
    heads |= {"span": "span", "burst": "burst"} if dated.any() else {}
    heads |= {"groups": "groups"} if cut else {}
    return shown(found, words, "copies", heads=heads, columns=list(heads))


def rating_of(words):
    """The column of stars among the comments, or None."""
    found = [c for c in words.study.codebook.of_role("outcome") if c.name in words.every.columns]
    return found[0] if found else None


def star_mix(words):
    """Share of each star by wave, or None without stars."""
    column = rating_of(words)
    if column is None:
        return None
    from cemlab.measure.scores import distribution

    study, out = words.study, []
    codes = list(range(int(column.scale.high), int(column.scale.low) - 1, -1))
    given = words.every.filter(pl.col("_wave").is_in(words.waves))
    ends = (int(column.scale.low), int(column.scale.high))
    shares = study.shown(distribution(given, column.name, scale=ends, by="_wave"), given)
    for wave in words.waves:
        rows = shares[(shares["_wave"] == wave) & shares["status"].isin(["ok", "low_base"])].set_index("at")
        if len(rows) < len(codes):
            continue
        cells = {f"star_{code}": f"{number(rows.loc[code, 'estimate'], 'percent')}%" for code in codes}
        rated = f"{int(rows['n'].iloc[0]):,}"
        out.append({"wave": study.codebook.wave_label(wave, study.lang), "rated": rated, **cells})
    if not out:
        return None
    heads = {"wave": "wave", "rated": "rated"} | {
        f"star_{code}": told("stars", study.lang, star=code) for code in codes
    }
    return shown(pd.DataFrame(out), words, "star_mix", heads=heads, columns=list(heads))


def sides(column):
    """Codes of high and low ratings."""
    return {"top": list(column.scale.top_codes), "bottom": list(column.scale.bottom_codes)}


def kind_names(column, lang):
    """What the two kinds of conflict are called."""
    ends = {"high_negative": column.scale.top_codes, "low_positive": column.scale.bottom_codes}
    return {kind: told(kind, lang, low=min(codes), high=max(codes)) for kind, codes in ends.items()}


def conflicts(words):
    """Shares of reviews that contradict their stars, by wave; None without stars."""
    from cemlab.text.star_conflicts import star_conflicts

    column = rating_of(words)
    if column is None:
        return None
    rows = words.data.filter(pl.col("_wave").is_in(words.waves))
    found = star_conflicts(rows, TEXT, column.name, by="_wave", **sides(column))
    return words.study.shown(found, rows) if len(found) else None


def conflicts_table(words):
    """Both kinds, this wave beside the one before."""
    found, column, lang = conflicts(words), rating_of(words), words.study.lang
    if found is None:
        return None
    names, out = kind_names(column, lang), []
    for row in found.to_dict("records"):
        shows = row["status"] in ("ok", "low_base")
        share = interval_text(row, "percent") if shows else "—"
        wave = words.study.codebook.wave_label(row["_wave"], lang)
        out.append({"kind": names[row["item"]], "wave": wave, "base": f"{int(row['n']):,}", "share": share})
    heads = {name: name for name in ("kind", "wave", "base", "share")}
    rows = pd.DataFrame(out)
    rows = rows.sort_values("kind", key=lambda kinds: kinds.map(list(names.values()).index), kind="stable")
    return shown(rows, words, "conflicts", heads=heads, columns=list(heads))


def examples_table(words):
    """A few reviews of each kind, or None."""
    from cemlab.text.star_conflicts import conflict_examples

    column, lang = rating_of(words), words.study.lang
    if column is None:
        return None
    least = words.study.codebook.privacy.comments_min
    found = conflict_examples(words.now, TEXT, column.name, min_n=least, **sides(column))
    if not len(found):
        return None
    names = kind_names(column, lang)
    found = found.assign(kind=found["kind"].map(names), stars=[f"{float(v):g}" for v in found["stars"]])
    heads = {"kind": "kind", "stars": "star", "text": "text"}
    return shown(found, words, "conflict_examples", heads=heads, columns=list(heads))
