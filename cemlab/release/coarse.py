"""Figures made coarser: ranges for answers that are (nearly) all the same, steps for figures without bases."""

import numpy as np
import pandas as pd

SHARE = 0.05  # of the persons; a figure nearer than this to an end of its scale becomes a range
ENDS = {"percent": (0.0, 100.0), "points": (-100.0, 100.0), "share": (0.0, 1.0), "index": (0.0, 100.0)}
STEPS = (1, 2, 5, 10, 20, 50)  # in hundredths of the scale


def near(n):
    """How many persons off an end a figure of `n` persons must be to be shown as it is: more than this."""
    return np.maximum(1.0, np.ceil(SHARE * np.asarray(n, dtype=float)))


def coarse_range(estimate, n, low, high):
    """The range that a figure near an end of its scale is shown as."""
    width = float(near(n)) / n * (high - low)
    return (low, low + width) if estimate - low <= high - estimate else (high - width, high)


def scale_of(results, bounds):
    """Ends of each row's scale: of its item, else of its unit; None where neither is known."""
    units = results["unit"] if "unit" in results else pd.Series("", index=results.index)
    items = results["item"] if "item" in results else pd.Series("", index=results.index)
    return [
        ENDS.get(unit) if unit in ENDS and unit != "index" else bounds.get(item, ENDS.get(unit))
        for unit, item in zip(units.astype(object), items.astype(object), strict=True)
    ]


def coarse_text(row, lang="zh"):
    """A row that `apply_release` made a range, in words: "≤ 10%"; "" for any other row.

    Parameters
    ----------
    row : mapping
        With ``status, estimate, ci_low, ci_high, unit``.
    lang : {"zh", "en"}

    Returns
    -------
    str
    """
    if row.get("status") != "hidden" or pd.isna(row.get("ci_low")) or pd.isna(row.get("ci_high")):
        return ""
    low, high = row["ci_low"], row["ci_high"]
    percent = row.get("unit") == "percent"
    at_bottom = low in (0.0, -100.0) or (not percent and abs(low - round(low)) < 1e-9 and high - low < 0.5)
    value = high if at_bottom else low
    written = f"{np.ceil(value) if at_bottom else np.floor(value):.0f}%" if percent else f"{value:.1f}"
    space = "" if lang == "zh" else " "
    return f"{'≤' if at_bottom else '≥'}{space}{written}"


def rounded(results):
    """No base at all, and figures in steps so wide that at least two counts fall into each; p-values to one digit, upwards.

    Coefficients (units that are no shares, points or means) hold no count and stay as they are.
    """
    out = results.copy()
    bases = [c for c in ("n", "n_eff", "n_missing", "n_reference", "n_eff_reference") if c in out]
    base = out["n"].astype(float)
    if "n_reference" in out:
        base = np.fmin(base, out["n_reference"].astype(float))
    wide = {"percent": 100.0, "points": 200.0, "index": 100.0, "mean": 4.0, "share": 1.0}
    span = out["unit"].map(wide).astype(float) if "unit" in out else pd.Series(100.0, index=out.index)
    need = 200.0 / base.where(base > 0)
    step = np.select([need <= s for s in STEPS], STEPS, STEPS[-1]) / 100.0 * span
    for column in (
        "estimate",
        "reference_estimate",
        "difference",
        "ci_low",
        "ci_high",
        "difference_low",
        "difference_high",
    ):
        if column in out:
            out[column] = ((out[column] / step).round() * step).where(np.isfinite(step), out[column])
    for column in ("p_value", "p_adjusted", "p_family"):
        if column in out:
            out[column] = one_digit(out[column])
    for column in ("se", "difference_se", *bases):
        if column in out:
            out[column] = np.nan
    return out


def one_digit(p):
    """p-values to one digit, upwards, none under 0.001."""
    values = np.maximum(p.to_numpy(float), 0.001)
    with np.errstate(invalid="ignore"):
        unit = 10.0 ** np.floor(np.log10(values) + 1e-12)
        return np.round(np.ceil(values / unit - 1e-9) * unit, 12)
