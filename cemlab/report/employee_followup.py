"""Follow-up of the last wave's actions: did units move where something was to be done, more than others from the same start?"""

import pandas as pd
import polars as pl

from cemlab.analyse import employee_people as people
from cemlab.analyse.lever_followup import lever_followup
from cemlab.checks import DataError
from cemlab.measure.schema import ALL
from cemlab.report.employee_cells import SHOWN, columns, label, nothing, say, table, text
from cemlab.report.employee_index import index_levels
from cemlab.report.employee_levers import unit_levers
from cemlab.report.employee_people import lowest
from cemlab.report.employee_units import unit_name
from cemlab.report.product_report import design_table

LISTED = 12  # pairs in the company's report, those of most people: the farthest would be those of most noise
DRAWS = 200  # of the last wave's drivers: their coefficients are wanted, not their intervals


def followup(report, scores, *, seed=1):
    """(level, `Followup` of what may be shown in both waves or None, whether actions are known); None without a wave before."""
    if report.study.previous is None or not report.levels:
        return None
    level, chosen = undertaken(report) if report.asked.actions else recommended(report, seed)
    if chosen is None:
        return None
    before, now = (of_level(frame, report, level) for frame in (index_levels(report, report.study.previous), scores))
    if before is None or now is None:
        return level, None, report.asked.actions is not None
    return level, lever_followup(before, now, chosen, unit=level), report.asked.actions is not None


def of_level(scores, report, level):
    """Means of everybody and of the units of a level that may be shown."""
    if scores is None:
        return None
    others = [c for c in report.levels if c != level]
    rows = scores[(scores["metric"] == "mean") & (scores[others] == ALL).all(axis=1) & scores["status"].isin(SHOWN)]
    return rows[[level, "item", "estimate", "n"]].reset_index(drop=True)


def undertaken(report):
    """What units undertook after the last wave, from the table that the codebook names.

    Raises
    ------
    DataError
        A dimension or unit that the study does not have.
    """
    part, name = report.asked.actions, report.book.name
    rows = design_table(part.table, name)
    rows = rows[rows[part.wave].astype(str) == str(report.study.previous)]
    made = pd.DataFrame(
        {part.level: rows[part.unit or part.level].astype(str), "item": rows[part.dimension].astype(str)}
    )
    known = report.payroll.select(part.level).unique().collect()[part.level].drop_nulls().cast(pl.String).to_list()
    for column, there in (("item", list(report.asked.dimensions)), (part.level, known)):
        strange = sorted(set(made[column]) - set(there))
        if strange:
            raise DataError(f"employee study {name!r}: actions table {part.table!r} names {strange[0]!r}, which is no {column if column != 'item' else 'dimension'} of the study.")  # fmt: skip
    return part.level, made.drop_duplicates()


def recommended(report, seed):
    """The levers that the last wave's answers recommend to units of the lowest level."""
    unit, wave, index = lowest(report), report.study.previous, report.asked.index
    if unit is None or index is None:
        return None, None
    found = people.drivers(report.before, report.book, index, unit=unit, part="within", seed=seed, draws=DRAWS)
    levers = None if found is None else unit_levers(report, {(index, "within"): found}, wave)
    if levers is None:
        return None, None
    rows = levers[levers[unit] != ALL]
    return unit, rows[[unit, "item"]].drop_duplicates()


def followup_text(report, made):
    """How many pairs of unit and dimension, how they moved, what is usual from such a start; a sentence where nothing can be told."""
    if made is None:
        return None
    _, found, known = made
    if found is None:
        return nothing(report, "followup", then=report.book.wave_label(report.study.previous, report.lang), listed="")
    rows = found.whole.set_index("metric")
    row = rows.loc["beyond"]
    words = {
        "then": report.book.wave_label(report.study.previous, report.lang), "n": int(row["n"]), "units": int(row["n_eff"]),
        "change": f"{rows.loc['change', 'estimate']:+.2f}", "usual": f"{rows.loc['usual', 'estimate']:+.2f}",
        "beyond": f"{row['estimate']:+.2f}", "low": f"{row['ci_low']:+.2f}", "high": f"{row['ci_high']:+.2f}",
    }  # fmt: skip
    words["verdict"] = say("beyond_more" if row["ci_low"] > 0 else "beyond_less" if row["ci_high"] < 0 else "beyond_none", report.lang)  # fmt: skip
    start = say("company", report.lang) + ("：" if report.lang == "zh" else ": ") if report.unit is not None else ""
    return text(start + say("followup_known" if known else "followup_recommended", report.lang, **words))


def followup_table(report, made):
    """Single pairs: all of the manager's unit and those below it; in the company's report those of the largest units."""
    if made is None or made[1] is None or report.book.privacy.enhanced:  # single units' means to two digits
        return None
    level, found, _ = made
    rows = found.pairs
    if report.unit is not None:
        wanted = {node.code for node in report.tree.around(report.unit) if node.level == level}
        rows = rows[rows[level].isin(wanted)]
        if not len(rows):
            return None
    else:
        rows = rows.sort_values("n", ascending=False, kind="stable").head(LISTED)
    told = rows.to_dict("records")
    frame = columns(
        report,
        unit=[unit_name(report.book, (level, row[level]), report.lang) for row in told],
        dimension=[label(report, row["item"]) for row in told],
        start=[f"{row['start']:+.2f}" for row in told],
        change=[f"{row['change']:+.2f}" for row in told],
        usual=[f"{row['usual']:+.2f}" for row in told],
        beyond=[f"{row['beyond']:+.2f} [{row['beyond_low']:+.2f}, {row['beyond_high']:+.2f}]" for row in told],
        n=[f"{row['n']:,.0f}" for row in told],
    )
    then = report.book.wave_label(report.study.previous, report.lang)
    few = len(rows) < len(found.pairs) and report.unit is None
    return table(frame, report, "followup", then=then, listed=say("listed", report.lang, n=len(rows)) if few else "")


def followup_files(report, made):
    """What the files hold: how all pairs moved together; no unit by itself."""
    return None if made is None or made[1] is None else report.door(made[1].whole.assign(n_eff=float("nan")))
