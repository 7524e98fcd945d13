"""Tables of coders' ratings, and the rows in which agreement is reported."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_columns

COLUMNS = [
    *("metric", "item", "estimate", "se", "ci_low", "ci_high", "statistic", "df1", "df2", "p_value"),
    *("n", "n_raters", "n_missing", "level", "method", "status"),
]


def rating_table(data, raters, where):
    """The raters' columns as pandas objects."""
    if hasattr(data, "to_pandas"):
        data = data.to_pandas()
    if not isinstance(data, pd.DataFrame):
        raise TypeError(f"{where}: `data` is a {type(data).__name__}; pass a pandas or polars data frame.")
    require_columns(data.columns, raters, where)
    return data[list(raters)].reset_index(drop=True)


def numbers(table, where):
    """The table as numbers; text that is no number is an error, not a gap."""
    out = table.apply(pd.to_numeric, errors="coerce")
    bad = int((out.isna() & table.notna()).to_numpy().sum())
    if bad:
        raise DataError(
            f"{where}: {bad:,} of {int(table.notna().to_numpy().sum()):,} codes are not numbers; "
            "use scale='nominal' or recode them first."
        )
    return out


def require_raters(raters, where):
    """Raise ValueError unless there are two coders or more."""
    if isinstance(raters, str) or len(raters) < 2:
        raise ValueError(f"{where}: `raters` must list two columns or more, for example ['coder_1', 'coder_2'].")


def code_list(table, categories, where):
    """The codes in order; codes that `categories` does not list stop the run."""
    seen = pd.unique(table.to_numpy().ravel())
    seen = [code for code in seen if not pd.isna(code)]
    if categories is None:
        return sorted(seen, key=lambda c: (isinstance(c, str), c))
    strange = [code for code in seen if code not in set(categories)]
    if strange:
        raise DataError(f"{where}: {len(strange)} codes are not among `categories` (for example {strange[0]!r}).")
    return list(categories)


def unit_counts(table, codes):
    """Subjects x codes: how many coders gave the code."""
    values = table.to_numpy()
    return np.stack([(values == code).sum(1) for code in codes], axis=1).astype(float)


def blank_row(metric, n, raters, missing, level, method):
    """A row whose figure is not estimable yet."""
    return {
        **dict.fromkeys(COLUMNS, np.nan),
        **{"metric": metric, "item": "(all)", "n": n, "n_raters": raters, "n_missing": missing},
        **{"level": level, "method": method, "status": "not_estimable"},
    }


def frame_of(rows):
    """The rows as a frame with the fixed columns."""
    return pd.DataFrame(rows, columns=COLUMNS)


def normal_limits(estimate, se, level):
    """Symmetric normal interval."""
    from scipy.stats import norm

    half = norm.ppf(1 - (1 - level) / 2) * se
    return {"ci_low": estimate - half, "ci_high": estimate + half}


def z_test(estimate, se):
    """The statistic z and its two-sided p."""
    from scipy.stats import norm

    z = estimate / se if se > 0 else np.nan
    return {"statistic": z, "p_value": 2 * norm.sf(abs(z))}


def spread_of(drawn, level):
    """Standard error and percentile limits of resampled figures."""
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < 2:
        return {}
    low, high = np.quantile(drawn, [(1 - level) / 2, 1 - (1 - level) / 2])
    return {"se": drawn.std(ddof=1), "ci_low": low, "ci_high": high}
