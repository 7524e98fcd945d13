"""The section of the employee report on who answered: rates of units against headcount, behind a plan of their own."""

import numpy as np
import pandas as pd
import polars as pl

from cemlab.measure.schema import combine
from cemlab.release import apply_release, plan_release
from cemlab.report.employee_cells import DASH, SHOWN, base, by_unit, columns, figure, indented, say, table, text, units
from cemlab.report.employee_report import headcount_table
from cemlab.report.study import of_waves


def participation(report, wave=None):
    """Response rate and margin of every unit, as they may be shown; None without a headcount.

    Notes
    -----
    Answers are judged by the study's plan, silence by one of the people on the payroll: of a unit whose silent members a total
    less its other units would name, the rate is hidden although all answers may be shown. A rate near 0 or 100 % is a range.
    """
    from cemlab.measure.census import participation as rate

    wave = wave or report.study.wave
    if report.headcount(wave=wave) is None:
        return None
    rows = report.now if wave == report.study.wave else report.before
    frames = []
    for level in [None, *report.levels]:
        people = report.headcount(level, wave)
        if people is not None:
            frames.append(rate(rows if level is None else rows.drop_nulls(level), people, by=level))
    out = combine(frames, by=report.levels)
    silent = (out["metric"] == "response_rate") & (out["estimate"] == 0)  # nobody's answers: no group of the plan
    out.loc[silent, ["n", "n_eff", "n_missing"]] = 0
    out = without_silent(out, payroll_plan(report, wave))
    return without_margins(report.door(out, wave), report.levels)


def payroll_plan(report, wave):
    """What may be told of everybody on the payroll of a wave, whether they answered or not."""
    people, asked = on_payroll(report, wave), report.asked.staff
    person = report.study.person if asked.answered and report.study.person in people.collect_schema().names() else None
    levels = [level for level in report.levels if level in people.collect_schema().names()]
    return plan_release(
        people, [[level] for level in levels], person=person, wave=None, min_persons=report.book.privacy.min_persons
    )


def on_payroll(report, wave):
    """A row a person with the units; from the table of headcounts where nothing lists them."""
    if report.asked.staff.answered:
        rows = of_waves(report.payroll, [wave])
        have = [c for c in (report.study.person, *report.levels) if c and c in rows.collect_schema().names()]
        return rows.select(*have)
    table_ = headcount_table(report, wave)
    have = [level for level in report.levels if level in table_]
    rows = table_.loc[np.repeat(table_.index, table_["headcount"]), have].reset_index(drop=True)
    return pl.from_pandas(rows.astype(str) if have else rows.assign(one="")).lazy()


def without_silent(rates, plan):
    """Rates without those that would tell who kept silent."""
    rows = rates["metric"].eq("response_rate") & rates["n"].gt(0)
    passed = apply_release(rates[rows], plan)
    return pd.concat([passed, rates[~rows]]).sort_index()


def without_margins(rates, levels):
    """Rows without the number of answers of units whose rate is hidden or a range."""
    out, rate = rates.copy(), rates["metric"].eq("response_rate")
    gone = {tuple(row) for row in out.loc[rate & ~out["status"].isin(SHOWN), levels].itertuples(index=False)}
    its = np.array([tuple(row) in gone for row in out[levels].itertuples(index=False)], dtype=bool)
    out.loc[rate & its, "n_missing"] = np.nan
    numbers = [c for c in out.select_dtypes("number") if c not in ("at", "level")]
    out.loc[~rate & its, numbers] = np.nan
    out.loc[~rate & its, "status"] = "hidden"
    return out


def participation_table(report, rates, before=None):
    """Headcount, answers, response rate of this wave and the last, and how exact a share is, unit by unit."""
    rates, before = report.coarse(rates), report.coarse(before)
    if rates is None:
        return text(say("no_headcount", report.lang))
    rate, margin = by_unit(rates, report, metric="response_rate"), by_unit(rates, report, metric="margin")
    then = by_unit(before, report, metric="response_rate")
    keys = [key for key in units(report) if key in rate]
    rows = [rate[key] for key in keys]
    told = {
        "unit": [indented(report, key) for key in keys],
        "headcount": [f"{row['n']:,.0f}" if row["n"] == row["n"] else DASH for row in rows],
        "answers": [base(margin[key]) for key in keys],
        "rate": [figure(row) for row in rows],
    }
    if then:
        told["before"] = [figure(then.get(key)) for key in keys]
    told["margin"] = ["±" + figure(margin[key]) if figure(margin[key]) != DASH else DASH for key in keys]
    return table(columns(report, **told), report, "participation")
