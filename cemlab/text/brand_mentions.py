"""Word of mouth by brand: how often comments name a brand, and whether they praise or blame it."""

import numpy as np
import pandas as pd

from cemlab.measure.intervals import quantile, share_interval
from cemlab.measure.schema import estimates
from cemlab.text.sentiment import sentiment


def brand_mentions(texts, brands, *, level=0.95, engine="default"):
    """Mentions and net sentiment of each brand in comments.

    Parameters
    ----------
    texts : list of str or None
        Comments; blank ones are left out.
    brands : dict
        Code -> list of spellings (labels, nicknames); capitals do not matter.
    level : float, default 0.95
    engine
        As in `sentiment`.

    Returns
    -------
    pandas.DataFrame
        Estimates by brand: ``metric`` "voice" (percent of all mentions of brands that are this brand's), "mentioned" (percent of
        comments that name it, Wilson interval) and "net_sentiment" (points: percent of comments naming it that praise less percent
        that blame, over those with an opinion). ``n``: mentions, comments, comments with an opinion.

    Raises
    ------
    ValueError
        A brand without a spelling.

    Notes
    -----
    A comment that names two brands counts for both, with the sentiment of the whole comment: praise of one brand beside
    blame of another is misread. Sentiment is the classifier's; `sentiment_audit` measures how often it errs, and nothing
    here is corrected for that. People who comment are not all people.
    """
    empty = [code for code, words in brands.items() if not [w for w in words if w]]
    if empty:
        raise ValueError(f"brand_mentions: brand {empty[0]!r} has no spelling to look for.")
    kept = pd.Series([t for t in texts if isinstance(t, str) and t.strip()], dtype=object)
    folded = kept.str.casefold() if len(kept) else kept
    labels = sentiment(kept.tolist(), engine=engine)["label"].to_numpy() if len(kept) else np.array([])
    named = {
        code: np.array([any(w.casefold() in text for w in words if w) for text in folded], dtype=bool)
        for code, words in brands.items()
    }
    total, out = sum(int(hit.sum()) for hit in named.values()), []
    for code, hit in named.items():
        count = int(hit.sum())
        good, bad = (int((labels[hit] == kind).sum()) if count else 0 for kind in ("positive", "negative"))
        judged = int((labels[hit] != "none").sum()) if count else 0
        net = 100 * (good - bad) / judged if judged else np.nan
        spread = np.sqrt(((good + bad) / judged - (net / 100) ** 2) / judged) * 100 if judged else np.nan
        for metric, top, base in (("voice", count, total), ("mentioned", count, len(kept))):
            share = top / base if base else np.nan
            low, high = share_interval(share, base, level=level)
            out.append({"brand": code, "metric": metric, "unit": "percent", "estimate": 100 * share, "n": base,
                        "ci_low": 100 * float(low), "ci_high": 100 * float(high), "method": "wilson"})  # fmt: skip
        z = float(quantile(level))
        out.append({"brand": code, "metric": "net_sentiment", "unit": "points", "estimate": net, "se": spread, "n": judged,
                    "ci_low": max(net - z * spread, -100), "ci_high": min(net + z * spread, 100), "method": "wald"})  # fmt: skip
    frame = pd.DataFrame(out).assign(item="comments", level=level)
    frame["n_eff"] = frame["n"].astype(float)
    frame["status"] = np.where(frame["estimate"].isna(), "not_estimable", "ok")
    return estimates(frame, by="brand")
