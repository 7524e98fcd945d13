"""How often 95 % intervals of corrected sentiment shares hold the truth: rare and frequent opinions, weak and good engines.

python -m benchmarks.prevalence [trials]
"""

import sys

import numpy as np
import pandas as pd

from cemlab.text.prevalence import sentiment_shares
from cemlab.text.sentiment_audit import OPINIONS

SHARES = ((0.03, 0.07, 0.90), (0.5, 0.1, 0.4), (0.97, 0.01, 0.02))
ENGINES = {"weak": ((1.2, 0.6, -1.0), 1.5), "good": ((2.2, 0.3, -2.2), 1.5), "nearly perfect": ((4, 0, -4), 0.6)}
SIZES = (100, 200, 400)
COMMENTS, BANDS = 3000, 10


def comments(rng, shares, engine):
    """True opinions, and an engine's labels and probabilities."""
    centres, spread = ENGINES[engine]
    true = rng.choice(3, COMMENTS, p=shares)
    p = 1 / (1 + np.exp(-np.asarray(centres, float)[true] - spread * rng.normal(size=COMMENTS)))
    label = np.where(p > 0.6, "positive", np.where(p < 0.4, "negative", "neutral"))
    return pd.DataFrame({"probability": p, "label": label, "gold": np.array(OPINIONS)[true]})


def drawn(rng, rows, size):
    """A sample from ten bands of the probability, as `draw_gold` takes it."""
    bands = np.array_split(np.argsort(rows["probability"].to_numpy()), BANDS)
    parts = [
        rows.iloc[rng.choice(band, size // BANDS, replace=False)].assign(stratum=k, stratum_size=len(band))
        for k, band in enumerate(bands)
    ]
    return pd.concat(parts, ignore_index=True)


def main(trials=200):
    rng = np.random.default_rng(1)
    for engine in ENGINES:
        for shares in SHARES:
            for size in SIZES:
                for method in ("prediction_powered", "rogan_gladen"):
                    held, given = np.zeros(3), np.zeros(3)
                    for _ in range(trials):
                        rows = comments(rng, shares, engine)
                        out = sentiment_shares(rows, drawn(rng, rows, size), method=method).set_index("item")
                        out = out.loc[list(OPINIONS)]
                        truth = 100 * np.array(shares)
                        held += ((out["ci_low"] <= truth) & (out["ci_high"] >= truth)).to_numpy()
                        given += (out["status"] == "ok").to_numpy()
                    told = ", ".join(
                        f"{o} {100 * h / g:.0f} of 100 ({g / trials:.0%} estimable)" if g else f"{o} never estimable"
                        for o, h, g in zip(OPINIONS, held, given, strict=True)
                    )
                    print(f"{engine}, true {shares}, {size} labelled, {method}: {told}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
