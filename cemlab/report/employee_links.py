"""Sections of the employee report on units and their customers: scores side by side, and conversations."""

from datetime import date

import pandas as pd

from cemlab.analyse import employee_study as staff
from cemlab.measure.schema import comparisons
from cemlab.report.charts_employee import unit_scatter
from cemlab.report.employee_cells import SHOWN, columns, nothing, picture, probability, say, table, text
from cemlab.report.employee_units import unit_name
from cemlab.report.product_report import design_table

FEWEST = 8  # units


def unit_table(report, name):
    """Engagement of units that may be shown beside their results: unit, wave, x, y, n; None without the index or the table."""
    part, waves = report.asked.results[name], [w for w in (report.study.previous, report.study.wave) if w]
    if part.level not in report.levels or report.asked.index is None:
        return None
    frames = []
    for wave in waves:
        rows = (report.now if wave == report.study.wave else report.before).drop_nulls(part.level)
        found = report.door(staff.index_scores(rows, report.book, by=part.level, weights=report.weights), wave)
        found = found[(found["metric"] == "mean") & (found["item"] == report.asked.index) & found["status"].isin(SHOWN)]
        frames.append(found.assign(wave=wave)[[part.level, "wave", "estimate", "n"]])
    known = pd.concat(frames).rename(columns={part.level: "unit", "estimate": "x"})
    rows = design_table(part.table, report.book.name)
    made = pd.DataFrame({"unit": rows[part.unit or part.level], "y": pd.to_numeric(rows[part.value])})
    made["wave"] = rows[part.wave].astype(str) if part.wave else report.study.wave
    return known.merge(made, on=["unit", "wave"]).reset_index(drop=True)


def linkages(report, *, seed=1):
    """{name: (estimates of this wave, estimates one wave later or None, units)} of each table of results."""
    from cemlab.analyse.unit_linkage import unit_linkage

    out = {}
    for name in report.asked.results:
        rows = unit_table(report, name)
        mine = None if rows is None else rows[rows["wave"] == report.study.wave].reset_index(drop=True)
        if mine is None or len(mine) < FEWEST:
            continue
        now = unit_linkage(mine, "x", "y", unit="unit", weights="n", min_units=FEWEST, draws=1999, seed=seed)
        later = None
        if rows["wave"].nunique() > 1:
            later = unit_linkage(
                rows, "x", "y", unit="unit", wave="wave", lag=1, min_units=FEWEST, draws=1999, seed=seed
            )
        out[name] = (now, later, mine)
    return out


def linkage_candidates(found):
    """The correlation of each table of results as candidates for the report's family; None without any."""
    rows = []
    for name, (now, _, _) in found.items():
        row = now[now["metric"] == "pearson"].iloc[0]
        rows.append({
            "metric": "correlation", "item": name, "unit": "r", "estimate": row["estimate"], "n": row["n"], "n_eff": row["n"],
            "reference": "target", "difference": row["estimate"], "difference_low": row["ci_low"],
            "difference_high": row["ci_high"], "p_value": row["p_value"], "p_adjusted": row["p_value"], "adjust": "none",
            "level": row["level"], "method": row["method"], "status": row["status"],
        })  # fmt: skip
    return comparisons(pd.DataFrame(rows)) if rows else None


def linkage_pictures(report, found):
    """One picture a table of results; a sentence where units are too few."""
    from IPython.display import display

    for name, part in report.asked.results.items():
        if name not in found:
            display(nothing(report, "linkage", name=part(report.lang)))
            continue
        now, _, rows = found[name]
        row = now[now["metric"] == "pearson"].iloc[0]
        words = {"name": part(report.lang), "n": len(rows), "r": f"{row['estimate']:.2f}", "low": f"{row['ci_low']:.2f}", "high": f"{row['ci_high']:.2f}"}  # fmt: skip
        display(picture(unit_scatter, dots(report, rows), report, "linkage_picture", part(report.lang), words=words))
        display(linkage_table(report, name, found[name]))


def dots(report, rows):
    """Units as they are drawn."""
    return rows.assign(x=report.coarse(rows.assign(estimate=rows["x"], unit="mean"))["estimate"].to_numpy())


def linkage_table(report, name, found):
    """Correlations with their intervals: of this wave, by ranks, weighted, and of the last wave with results one wave later."""
    now, later, _ = found
    frames = [now] + ([later[later["metric"] == "pearson"].assign(metric="lagged")] if later is not None else [])
    rows = [row for row in pd.concat(frames).to_dict("records") if row["status"] in SHOWN]
    frame = columns(
        report,
        figure=[say(f"link_{row['metric']}", report.lang) for row in rows],
        value=[f"{row['estimate']:.2f}" for row in rows],
        interval=[f"[{row['ci_low']:.2f}, {row['ci_high']:.2f}]" for row in rows],
        raw_p=[probability(row["p_value"]) for row in rows],
        units=[f"{row['n']:,.0f}" for row in rows],
    )
    return table(frame, report, "linkage", name=report.asked.results[name](report.lang))


def linkage_files(found):
    """What the files hold of the correlations: no unit by itself."""
    frames = [now.assign(item=name).drop(columns="p_value") for name, (now, _, _) in found.items()]
    return pd.concat(frames, ignore_index=True) if frames else None


def conversations(report, turns):
    """Conversations by team (`read_dialogues`), where the codebook names them; teams that the plan hides are hidden here too."""
    from IPython.display import display

    from cemlab.report.dialogue_sections import conversations as show

    part = report.asked.dialogues
    if turns is None:
        return None
    if report.unit is not None:
        wanted = {node.code for node in report.tree.around(report.unit) if node.level == part.level}
        keep = turns.frame["team"].is_in(list(wanted)) if hasattr(turns.frame["team"], "is_in") else turns.frame["team"].isin(wanted)  # fmt: skip
        turns = type(turns)(**{**vars(turns), "frame": turns.frame.filter(keep)})
        if not len(turns.frame):
            display(text(f"*{say('no_talks', report.lang)}*"))
            return None

    def shown(frame):
        known = frame.assign(**{part.level: frame["team"]})
        out = report.door(known.drop(columns="team") if part.level != "team" else known)
        return out.assign(team=out[part.level], n=out["n"].fillna(0), n_missing=out["n_missing"].fillna(0))

    return show(
        turns,
        lang=report.lang,
        min_n=max(report.study.min_n, 10),
        name_of=lambda code: unit_name(report.book, (part.level, code), report.lang),
        shown=shown,
        days=since(report),
    )


def since(report):
    """The days from the end of the last wave to the end of this one; None where the codebook does not say."""
    wave, before = (report.book.waves.get(w) for w in (report.study.wave, report.study.previous))
    if wave is None or wave.end is None:
        return None
    return (before.end if before is not None and before.end else date.min), wave.end
