"""Paired preference and triangle tests of tastings, exact."""

import numpy as np
import pandas as pd

from cemlab.checks import DataError, require_level
from cemlab.measure.moments import counts
from cemlab.measure.schema import comparisons

GUESS = 1 / 3  # chance to find the odd one of three by guessing


def paired_preference(data, preferred, *, products=None, level=0.95):
    """Which of two products is preferred, against one half.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per consumer.
    preferred : str
        Column with the product preferred; missing = not asked, or no preference.
    products : pair of str, optional
        The two products; without it the two codes that occur.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        One comparison: ``item`` the column, ``group`` the product preferred by more, ``reference`` the other, ``estimate`` its
        share of those with a preference, ``difference`` from 50, exact interval (Clopper and Pearson), two-sided p.

    Raises
    ------
    DataError
        Not two products in the answers.

    Notes
    -----
    In R: ``binom.test(x, n)``. Weights have no place in an exact test. People without a preference are left out; many of them
    make the products more alike than the share says.

    Examples
    --------
    >>> answers = pd.DataFrame({"better": ["a"] * 8 + ["b"] * 2})
    >>> paired_preference(answers, "better")[["group", "estimate", "p_value"]].round(4).values.tolist()
    [['a', 80.0, 0.1094]]
    """
    from scipy.stats import binomtest

    require_level(level, "paired_preference")
    found = value_counts(data, preferred, "paired_preference")
    names = list(products) if products else sorted(found)
    if len(names) != 2 or set(found) - set(names):
        strange = sorted(set(found) - set(names)) or names
        raise DataError(f"paired_preference: column {preferred!r} must name two products; it has {strange[:5]}.")
    sides = {name: found.get(name, 0) for name in names}
    first, other = sorted(names, key=lambda name: -sides[name])
    test = binomtest(sides[first], max(sum(sides.values()), 1), 0.5)
    return compared(preferred, first, other, sides[first], sum(sides.values()), 50.0, test, level, "exact_preference")


def triangle_test(data, found, *, similar=0.3, level=0.95):
    """Whether people find the odd one of three more often than by guessing; whether few enough do to call two products alike.

    Parameters
    ----------
    data : pandas, polars (eager or lazy) or Spark data frame
        One row per test.
    found : str
        Column: 1 where the odd one was found, else 0; missing = not asked.
    similar : float, default 0.3
        Largest share of people who really taste the difference at which the products count as alike.
    level : float, default 0.95

    Returns
    -------
    pandas.DataFrame
        Two comparisons of the share found (percent) with ``reference`` "(guessing)": ``metric`` "triangle" (one-sided p that it
        is above one third) and "similarity" (``reference_estimate`` the share found if `similar` tasted it; one-sided p that it
        is below). Intervals are exact and two-sided.

    Raises
    ------
    ValueError
        `similar` outside (0, 1).
    DataError
        An answer that is neither 0 nor 1.

    Notes
    -----
    ISO 4120. Those who taste it: (3p - 1)/2 of all, `tasters`. In R: ``binom.test(x, n, 1/3, "greater")``,
    ``sensR::discrim(x, n, method = "triangle")`` (test = "similarity", pd0 = similar). "No difference found" is not
    "alike": that needs the second row, and more people as a rule.
    """
    from scipy.stats import binomtest

    where = "triangle_test"
    require_level(level, where)
    if not 0 < similar < 1:
        raise ValueError(f"{where}: `similar` is {similar}; give a share between 0 and 1, such as 0.3.")
    counted = value_counts(data, found, where)
    numbers = {float(code) if is_number(code) else code: n for code, n in counted.items()}
    strange = [code for code in numbers if code not in (0.0, 1.0)]
    if strange:
        raise DataError(f"{where}: column {found!r} must hold 0 and 1; it has {strange[:5]}.")
    right, n = numbers.get(1.0, 0), sum(numbers.values())
    limit = GUESS + (1 - GUESS) * similar
    tests = {"triangle": (GUESS, "greater"), "similarity": (limit, "less")}
    rows = []
    for metric, (chance, side) in tests.items():
        test = binomtest(right, max(n, 1), chance, alternative=side)
        rows.append(compared(found, "", "(guessing)", right, n, 100 * chance, test, level, "exact_triangle", metric))
    return pd.concat(rows, ignore_index=True)


def value_counts(data, column, where):
    """{code: how many} of the answers given."""
    table = counts(data, column, where=where)
    table = table[table["value"].notna()]
    return {str(v): int(n) for v, n in zip(table["value"], table["n"], strict=True) if n}


def tasters(share):
    """Percent of people who really taste the difference, from the percent who found the odd one; not under 0."""
    return np.maximum((np.asarray(share, dtype=float) - 100 * GUESS) / (1 - GUESS), 0.0)


def is_number(text):
    """Whether a code is a number."""
    try:
        float(text)
    except (TypeError, ValueError):
        return False
    return True


def compared(item, group, reference, hit, n, chance, test, level, method, metric="share"):
    """One comparison of a share with a chance."""
    from scipy.stats import binomtest

    known = n > 0
    share = 100 * hit / n if known else np.nan
    ends = binomtest(hit, n).proportion_ci(level, method="exact") if known else (np.nan, np.nan)
    low, high = (100 * float(end) - chance for end in ends)
    frame = pd.DataFrame([{
        "group": group, "metric": metric, "item": item, "unit": "percent", "estimate": share, "n": n, "n_eff": float(n),
        "reference": reference, "reference_estimate": chance, "n_reference": n, "n_eff_reference": float(n),
        "difference": share - chance, "difference_low": low, "difference_high": high,
        "p_value": float(test.pvalue) if known else np.nan, "level": level, "method": method,
        "status": "ok" if known else "not_estimable",
    }])  # fmt: skip
    return comparisons(frame, "group")
