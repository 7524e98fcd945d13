"""The table of findings: what was claimed, what came nearest to it, and how many other candidates were tried."""

from cemlab.report.section_texts import VERDICTS
from cemlab.report.sections import heads, say, table

NEAREST = 10  # candidates shown that are no claim, those with the smallest p first


def show_findings(said, study):
    """The claims and the candidates that came nearest, as a numbered table; the others are counted by verdict.

    Parameters
    ----------
    said : pandas.DataFrame
        From `findings`. All candidates stand in findings.csv of the report.
    study : Study
    """
    columns = ["sentence", "difference", "p_value", "p_adjusted", "verdict"]
    kept, rest = nearest(said)
    words = VERDICTS[study.lang]["plain"]
    shown = ["difference", "difference_low", "difference_high", "p_value", "unit", "n", "status", "sentence"]
    rows = kept[shown].assign(p_adjusted=kept["p_family"], verdict=kept["verdict"].map(words))
    counts = rest["verdict"].value_counts()
    comma = "、" if study.lang == "zh" else ", "
    parts = [f"{words[verdict]} {n:,}" for verdict, n in counts.items()]
    left = say("findings_left", study.lang).format(rest=f"{len(rest):,}", parts=comma.join(parts)) if parts else ""
    total = {"total": f"{len(said):,}", "left": left}
    return table(rows, study, "findings", columns=columns, heads=heads(study, *columns), **total)


def nearest(said):
    """The rows of `findings` that are shown (claims, effects too small, the nearest others), and the rest."""
    certain = said["verdict"].isin(["claim", "small_effect"])
    others = said[~certain & (said["verdict"] != "not_estimable")]
    kept = said[certain | said.index.isin(others.sort_values("p_family", kind="stable").index[:NEAREST])]
    return kept, said.drop(kept.index)
