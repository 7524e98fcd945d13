"""Which points of a control chart signal, and by which rule. A signal asks for a look; it is not a claim."""

import numpy as np

from cemlab.checks import require_choice

RULES = ("beyond", "run", "zone2", "zone1", "trend")
WORDS = {
    "beyond": "outside the limits",
    "run": "{run_length} in a row on one side of the centre",
    "zone2": "2 of 3 beyond 2 sigma on one side",
    "zone1": "4 of 5 beyond 1 sigma on one side",
    "trend": "6 in a row rising or falling",
}


def signals(statistic, centre, lower, upper, *, sigma, rules=("beyond", "run"), run_length=8):
    """Signal and rule of each point.

    Parameters
    ----------
    statistic, centre, lower, upper : array-like of float
        The charted points and their limits. Missing points are passed over: a run goes on behind them.
    rules : sequence of {"beyond", "run", "zone2", "zone1", "trend"}
        Rules applied. Each more rule finds a shift sooner and cries wolf more often.
    run_length : int, default 8
        Points in a row on one side that make a run (8 in the Western Electric rules, 7 in R's qcc). A point on the
        centre ends a run.
    sigma : array-like of float
        Standard error of each point, for the zone rules.

    Returns
    -------
    signal, rule : two arrays of str
        ``signal`` names the first rule that holds at the point, or ""; ``rule`` says all of them in words. A run is
        marked from the point on where it is long enough.

    Raises
    ------
    ValueError
        Unknown rule, or a run shorter than 2.
    """
    for rule in rules:
        require_choice(rule, RULES, name="rules", where="signals")
    if run_length < 2:
        raise ValueError(f"signals: `run_length` is {run_length}; a run needs at least 2 points, usually 7 or 8.")
    points = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (statistic, centre, lower, upper, sigma)))
    shown = np.flatnonzero(~np.isnan(points[0]) & ~np.isnan(points[1]))
    x, mid, low, high, step = (a[shown] for a in points)
    side = np.sign(x - mid)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.nan_to_num((x - mid) / step)
    hits = {
        "beyond": (x > high) | (x < low),
        "run": streak(side) >= run_length,
        "zone2": (z > 2) & (sums(z > 2, 3) >= 2) | (z < -2) & (sums(z < -2, 3) >= 2),
        "zone1": (z > 1) & (sums(z > 1, 5) >= 4) | (z < -1) & (sums(z < -1, 5) >= 4),
        "trend": streak(np.sign(np.diff(x, prepend=x[:1]))) >= 5,
    }
    signal = np.full(np.shape(statistic), "", dtype=object)
    rule_words = signal.copy()
    for rule in [r for r in RULES if r in rules]:
        for point in shown[hits[rule]]:
            signal[point] = signal[point] or rule
            words = WORDS[rule].format(run_length=run_length)
            rule_words[point] = f"{rule_words[point]}; {words}" if rule_words[point] else words
    return signal, rule_words


def streak(sign):
    """How many equal non-zero signs in a row end at each point."""
    length = np.zeros(len(sign), dtype=int)
    for i, s in enumerate(sign):
        length[i] = 0 if s == 0 else 1 + (length[i - 1] if i and sign[i - 1] == s else 0)
    return length


def sums(flags, width):
    """How many of the last `width` points, this one included, are flagged."""
    total = np.concatenate([[0], np.cumsum(flags)])
    return total[1:] - total[np.maximum(np.arange(len(flags)) + 1 - width, 0)]
