"""What stands behind the alarm of one period: which sources moved the net sentiment, and reviews of that period to read."""

import pandas as pd
import polars as pl

from cemlab.checks import require_columns
from cemlab.text.aspect_scores import polars_frame
from cemlab.text.opinions import net_sentiment


def in_period(data, at, *, date="_date", period="week"):
    """Rows of `data` in the period with the code `at`, and the rows of all other periods: (frame, frame)."""
    from cemlab.measure.period_codes import PERIODS, code

    frame = polars_frame(data, "in_period")
    require_columns(frame.columns, [date], "in_period")
    days = pd.to_datetime(frame[date].to_pandas()).dt.to_period(PERIODS[period])
    names = {one: code(one) for one in days.dropna().unique()}
    codes = pl.Series("at", [names.get(one) for one in days], dtype=pl.String)
    here = (codes == at).fill_null(False)
    return frame.filter(here), frame.filter(codes.is_not_null() & ~here)


def alarm_sources(data, at, *, by, date="_date", period="week"):
    """How far each source moved the net sentiment of one period away from all other periods.

    Parameters
    ----------
    data : pandas or polars data frame
        From `cemlab.text.opinions.with_opinions`.
    at : str
        Code of the period, such as 2026-W35.
    by : str
        Column of the source.
    date, period
        As in `cemlab.text.opinions.opinion_chart`.

    Returns
    -------
    pandas.DataFrame
        One row per source, largest contribution first: `by`, ``n, n_others`` (reviews then and at other times), ``net,
        net_others``, ``contribution`` (points), and the row "(mix)" for the changed shares of the sources. Contributions add
        up to the difference between that period and the others.

    Raises
    ------
    ValueError
        Unknown column.

    Notes
    -----
    With shares p and net sentiments m: a source gives (p + p') / 2 times (m - m'), the mix gives the rest (the
    decomposition of Kitagawa, 1955). Described after the fact: it says where to look, and tests nothing. A source without
    reviews on one side counts in the mix only.
    """
    frame = polars_frame(data, "alarm_sources")
    require_columns(frame.columns, [by, "opinion"], "alarm_sources")
    told = frame.filter(pl.col("opinion").is_not_null())
    told = told.with_columns(pl.col(by).cast(pl.String).fill_null("(missing)"))
    sides = [
        net_sentiment(part, by=by, min_n=0)[[by, "n", "estimate"]].rename(columns={"estimate": "net"})
        for part in in_period(told, at, date=date, period=period)
    ]
    both = sides[0].merge(sides[1], on=by, how="outer", suffixes=("", "_others"))
    both[["n", "n_others"]] = both[["n", "n_others"]].fillna(0)
    here, there = both["n"] / max(both["n"].sum(), 1), both["n_others"] / max(both["n_others"].sum(), 1)
    both["contribution"] = ((here + there) / 2 * (both["net"] - both["net_others"])).fillna(0.0)
    whole = (here * both["net"].fillna(0)).sum() - (there * both["net_others"].fillna(0)).sum()
    both = both.sort_values(["contribution", by], key=lambda c: -c.abs() if c.name == "contribution" else c)
    rest = pd.DataFrame([{by: "(mix)", "contribution": whole - both["contribution"].sum()}])
    out = pd.concat([both, rest], ignore_index=True)
    return out.assign(n=out["n"].fillna(0).astype(int), n_others=out["n_others"].fillna(0).astype(int))


def alarm_reviews(
    data, text, at, *, lexicon, aspects, by=None, date="_date", period="week", n=3, min_n=10, longest=120
):
    """Negative reviews of one period to read first: of each aspect that is blamed more then, and of the rest.

    Parameters
    ----------
    data, at, by, date, period
        As in `alarm_sources`.
    text : str
        Column of reviews.
    lexicon : Lexicon
    aspects : list of str
        Aspects blamed more in that period (`cemlab.text.opinions.alarms`), clearest first; may be empty.
    n : int, default 3
        Reviews for each aspect, and for the rest.
    min_n : int, default 10
        A period with fewer reviews shows none.
    longest : int, default 120

    Returns
    -------
    pandas.DataFrame
        ``item`` (aspect, or "opinion" for the rest), ``source`` (without `by`: ""), ``text`` (masked).

    Notes
    -----
    Of the reviews read as negative that blame the aspect, those of middle length come first: neither a curse nor a novel. The
    rest blames none of these aspects: those read as most negative. Equal texts stand once.
    """
    from cemlab.masking import mask
    from cemlab.text.aspect_quotations import plain
    from cemlab.text.aspect_scores import SIGN, aspect_columns
    from cemlab.text.business_names import mask_businesses
    from cemlab.text.quotations import says_more, shortened

    now, _ = in_period(data, at, date=date, period=period)
    columns = ["item", "source", "text"]
    if len(now) < min_n:
        return pd.DataFrame(columns=columns)
    kept = [name for name in (text, "probability", "label", *([by] if by else [])) if name in now.columns]
    rows = (
        now.select(kept).filter(pl.col("label") == "negative").unique(text, maintain_order=True).with_row_index("row")
    )
    rows = rows.filter(pl.Series([says_more(one) for one in rows[text]], dtype=pl.Boolean))
    signs = aspect_columns(rows.select("row", text), text, lexicon=lexicon)
    length = rows[text].str.len_chars()
    rows = rows.with_columns(far=(length - (length.median() or 0)).abs())
    taken, out = set(), []
    for aspect in [*aspects, None]:
        part = rows.filter(~pl.col("row").is_in(list(taken)))
        if aspect is not None:
            blaming = signs.filter(pl.col(aspect + SIGN) == -1)["row"]
            part = part.filter(pl.col("row").is_in(blaming.to_list())).sort("far", text)
        else:
            known = signs.filter(pl.any_horizontal([pl.col(a + SIGN) == -1 for a in aspects] or [pl.lit(False)]))["row"]
            part = part.filter(~pl.col("row").is_in(known.to_list())).sort("probability", text)
        for row in part.head(n).iter_rows(named=True):
            taken.add(row["row"])
            words = shortened(mask_businesses(mask(plain(row[text]))), longest)
            out.append((aspect or "opinion", row[by] if by else "", words))
    return pd.DataFrame(out, columns=columns)
