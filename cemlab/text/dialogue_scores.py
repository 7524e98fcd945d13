"""Measures of conversations as estimates, and conversations drawn for checking by hand."""

import numpy as np
import pandas as pd

from cemlab.checks import require_choice, require_columns, require_level
from cemlab.measure.bases import flag_bases
from cemlab.measure.schema import MISSING, as_list, estimates
from cemlab.text.dialogue import AMOUNTS, FLAGS, SECONDS


def dialogue_scores(measures, *, by=None, cluster=None, level=0.95, min_n=30):
    """The measures of conversations as estimates with intervals.

    Parameters
    ----------
    measures : polars or pandas data frame
        From `conversation_measures`.
    by : str or list of str, optional
        Groups (channel, store, wave). Never cut by single agents: figures of one person are not published.
    cluster : str, optional
        Column such as the agent's pseudonym: errors of means and shares are then those between agents.
    level, min_n
        As in `cemlab.text.aspect_scores.aspect_scores`.

    Returns
    -------
    pandas.DataFrame
        Estimates: ``metric`` "median" and "p90" for times (``unit`` "seconds", ``n_missing`` conversations without such a
        time), "mean" for amounts, "share" for flags (percent).

    Raises
    ------
    ValueError
        Unknown column, `level` outside (0, 1), `by` and `cluster` the same column.

    Notes
    -----
    Intervals of median and P90 are distribution-free (binomial order statistics): at least `level`, open where the base
    is too small for that (missing limit). They take conversations as independent. First response is known only where
    somebody answered: read it beside ``answered``, since dropping the unanswered flatters.
    """
    from cemlab.measure.scores import mean_score, top_box

    where = "dialogue_scores"
    require_level(level, where)
    by = as_list(by)
    if cluster in by:
        raise ValueError(f"{where}: {cluster!r} is the cluster and a cut, too; figures of single agents are not given.")
    frame = measures.to_pandas() if hasattr(measures, "to_pandas") else measures
    require_columns(frame.columns, [*by, *SECONDS, *AMOUNTS, *FLAGS], where)
    options = {"by": by, "cluster": cluster, "level": level}
    out = [
        quantile_rows(frame, item, q, name, by, level)
        for item in SECONDS
        for q, name in ((0.5, "median"), (0.9, "p90"))
    ]
    out.append(mean_score(frame, list(AMOUNTS), **options))
    out.append(top_box(frame, list(FLAGS), scale=(0, 1), top=[1], **options).assign(metric="share"))
    return flag_bases(estimates(pd.concat(out, ignore_index=True), by), min_n=min_n, low_n=max(100, min_n))


def quantile_rows(frame, item, q, name, by, level):
    """A quantile by group with binomial limits from the ordered values."""
    from scipy.stats import binom

    keyed = frame.assign(
        **{cut: frame[cut].astype("object").where(frame[cut].notna(), MISSING).astype(str) for cut in by}
    )
    rows = []
    for key, part in keyed.groupby(by, sort=True) if by else [((), keyed)]:
        x = np.sort(part[item].dropna().to_numpy(float))
        n = len(x)
        row = dict(zip(by, key, strict=True)) | {
            "n": n,
            "n_eff": float(n),
            "n_missing": len(part) - n,
            "status": "not_estimable",
        }
        if n:
            low, high = int(binom.ppf((1 - level) / 2, n, q)) - 1, int(binom.ppf(1 - (1 - level) / 2, n, q))
            row |= {"estimate": np.quantile(x, q), "status": "ok"}
            row |= {"ci_low": x[low] if low >= 0 else np.nan, "ci_high": x[high] if high < n else np.nan}
        rows.append(row)
    return pd.DataFrame(rows).assign(metric=name, item=item, unit="seconds", level=level, method="order-statistics")


def draw_to_check(measures, flag, *, conversation="conversation", n=50, seed=1):
    """Conversations to code by hand for one flag: half flagged, half not, in random order.

    Returns a frame ``conversation, machine`` (the flag) ``, human`` (empty, to be filled with 1 or 0); feed it to
    `cemlab.text.agreement.cohen_kappa`. Precision is the share of human 1 where machine is 1. Raises ValueError for an
    unknown flag.
    """
    require_choice(flag, FLAGS, name="flag", where="draw_to_check")
    frame = measures.to_pandas() if hasattr(measures, "to_pandas") else measures
    rng = np.random.default_rng(seed)
    drawn = [part.iloc[rng.permutation(len(part))[: -(-n // 2)]] for _, part in frame.groupby(flag)]
    out = pd.concat(drawn).sort_values(conversation, kind="stable")
    out = out.iloc[rng.permutation(len(out))[:n]]
    return pd.DataFrame(
        {"conversation": out[conversation].to_numpy(), "machine": out[flag].astype(int).to_numpy(), "human": None}
    )
