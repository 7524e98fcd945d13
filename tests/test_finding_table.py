"""Which candidates the table of findings shows, and that the others are counted."""

import pandas as pd

from cemlab.report.finding_table import NEAREST, nearest


def said(claims=2, small=1, others=30, untested=4):
    """Candidates as `findings` gives them."""
    verdicts = (
        ["claim"] * claims + ["small_effect"] * small + ["not_significant"] * others + ["not_estimable"] * untested
    )
    p = [0.001] * (claims + small) + [0.1 + 0.01 * (i % 30) for i in range(others)] + [None] * untested
    return pd.DataFrame({"verdict": verdicts, "p_family": p, "sentence": [f"s{i}" for i in range(len(p))]})


def test_claims_and_the_nearest_are_shown_the_rest_is_counted():
    table = said()
    kept, rest = nearest(table)
    assert len(kept) + len(rest) == len(table) and not set(kept.index) & set(rest.index)
    assert kept["verdict"].value_counts().to_dict() == {"claim": 2, "small_effect": 1, "not_significant": NEAREST}
    shown = kept[kept["verdict"] == "not_significant"]["p_family"].max()
    assert (rest["p_family"].dropna() >= shown).all()
    assert (rest["verdict"] == "not_estimable").sum() == 4


def test_few_candidates_are_all_shown():
    kept, rest = nearest(said(claims=0, small=0, others=3, untested=0))
    assert len(kept) == 3 and not len(rest)


def test_no_candidates():
    kept, rest = nearest(said(0, 0, 0, 0))
    assert not len(kept) and not len(rest)
