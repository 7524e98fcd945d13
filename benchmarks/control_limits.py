"""False and missed alarms of the control chart of net sentiment, by simulation: the figures of decision 0019.

python -m benchmarks.control_limits [series]
"""

import sys

import numpy as np
import pandas as pd

from cemlab.measure.trend import control_chart

WEEKS, SIZES, PRAISE = 25, (30, 45, 120, 500), 0.62
START = pd.Timestamp("2026-01-05")


def series(rng, count, n, unrest, shifted):
    """One row per review of `count` series: weeks of about `n` reviews; the 19th week lower by 4 standard deviations."""
    sampling = np.sqrt(PRAISE * (1 - PRAISE) / n)
    share = PRAISE + rng.normal(0, sampling * np.sqrt(unrest**2 - 1), (count, WEEKS))
    if shifted:
        share[:, 18] -= 4 * sampling * unrest
    size = rng.integers(int(0.7 * n), int(1.3 * n) + 1, (count, WEEKS))
    at, week = (np.repeat(part.ravel(), size.ravel()) for part in np.indices(size.shape))
    score = np.where(rng.random(len(at)) < share.clip(0.01, 0.99)[at, week], 10.0, 0.0)
    return pd.DataFrame({"series": at, "_date": START + pd.to_timedelta(7 * week, "D"), "x": score})


def main(count=300):
    rng = np.random.default_rng(1)
    print(f"{count} series of {WEEKS} weeks; FA: series with a false alarm; hit: the lowered week is found")
    for n in SIZES:
        for unrest in (1.0, 1.5):
            calm, sour = (series(rng, count, n, unrest, shifted) for shifted in (False, True))
            for name, options in {
                "laney, all": {"chart": "laney"},
                "auto, all": {},
                "auto, before": {"baseline": 12},
            }.items():
                found = [control_chart(d, "x", by="series", rules=["beyond"], **options) for d in (calm, sour)]
                out = [(f["signal"] == "beyond").to_numpy().reshape(-1, WEEKS) for f in found]
                judged = slice(12, None) if "before" in name else slice(None)
                print(
                    f"n {n:3} unrest {unrest} {name:13} FA {out[0][:, judged].any(axis=1).mean():.2f} hit {out[1][:, 18].mean():.2f}"
                )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
