"""The section of the employee report on the scale: reliability, structure, and whether unit means may be compared.

These are coefficients of everybody's answers without a cell for any group: no count of persons can be read off them. They pass
the door all the same (a base under the minimum hides them), and agreement is told of units that may be shown only, so that it
says nothing whatever the members of a hidden unit answered.
"""

import numpy as np
import pandas as pd
import polars as pl

from cemlab.analyse import employee_map as maps
from cemlab.report.employee_cells import DASH, SHOWN, base, columns, figure, label, nothing, probability, say, table

BAR = 0.70
SUMS = ("score_mean", "score_sd", "item_mean", "item_sd")
FEWEST = 5  # units: the median of fewer is nearly one unit's own figure
CLEAR = 0.995  # agreement over this would say that half of the units answered all the same


def reliability(report):
    """Alpha and omega of every dimension of two items or more; (None, None) without any.

    Means and spreads of items are left out: they are unweighted, and the items' own table is not.
    """
    from cemlab.analyse.omega import mcdonald_omega
    from cemlab.analyse.reliability import cronbach_alpha

    if not report.scales:
        return None, None
    found = cronbach_alpha(report.answers, report.scales), mcdonald_omega(report.answers, report.scales)
    found = [frame[~frame["metric"].isin(SUMS)] for frame in found]
    return tuple(report.door(frame.assign(unit="coefficient")) for frame in found)


def reliability_table(report, alpha, omega=None):
    """Alpha with its interval, omega, and items without which alpha would rise."""
    alpha, omega = report.coarse(alpha), report.coarse(omega)
    if alpha is None:
        return nothing(report, "reliability")
    cells = {(r["dimension"], r["metric"], r["item"]): r for r in alpha.to_dict("records")}
    total = {} if omega is None else {r["item"]: r for r in omega[omega["metric"] == "omega_total"].to_dict("records")}
    names = [name for name in report.dimensions if (name, "alpha", name) in cells]
    comma = "、" if report.lang == "zh" else ", "
    better, verdict = [], []
    for name in names:
        whole = cells[name, "alpha", name]
        rise = [
            item
            for item in report.dimensions[name]
            if len(report.dimensions[name]) > 2
            and cells[name, "alpha_dropped", item]["estimate"] > whole["estimate"] + 0.01
        ]
        better.append(comma.join(label(report, item) for item in rise) or DASH)
        verdict.append(say("yes" if whole["estimate"] >= BAR else "no", report.lang))
    told = {
        "dimension": [label(report, name) for name in names],
        "alpha": [alpha_text(cells[name, "alpha", name]) for name in names],
    }
    if total:
        told["omega"] = [figure(total.get(name), digits=2) for name in names]
    frame = columns(report, **told, dropped=better, n=[base(cells[n, "alpha", n]) for n in names], verdict=verdict)
    return table(frame, report, "reliability")


def structure_table(report, found):
    """Fit of the dimensions as factors (confirmatory), beside the customary bounds."""
    if found is None:
        return nothing(report, "structure")
    fit = found[found["status"].isin(SHOWN)].set_index("metric")["estimate"]
    bounds = {"cfi": (0.90, 1), "tli": (0.90, 1), "rmsea": (0.08, -1), "srmr": (0.08, -1)}
    names = [name for name in bounds if name in fit.index]
    verdict = [say("yes" if (fit[n] - bounds[n][0]) * bounds[n][1] >= 0 else "no", report.lang) for n in names]
    frame = columns(report, figure=[n.upper() for n in names], value=[f"{fit[n]:.3f}" for n in names], verdict=verdict)
    return table(frame, report, "structure")


def structure(report):
    """Confirmatory factors of the dimensions with two items or more; None where they cannot be fitted."""
    from cemlab.analyse.confirmatory import confirmatory_factors

    groups = {name: items for name, items in report.dimensions.items() if len(items) >= 2}
    try:
        found = confirmatory_factors(report.answers, groups) if len(groups) > 1 else None
    except ValueError:
        return None
    return None if found is None else report.door(found.fit.assign(unit="fit"))


def invariance(report):
    """Whether dimensions mean the same in the units of the highest level that may be shown; None where it cannot be asked."""
    from cemlab.analyse.invariance import measurement_invariance

    groups = {name: items for name, items in report.dimensions.items() if len(items) >= 2}
    level = report.levels[0] if report.levels else None
    if level is None or len(groups) < 2 or not maps.several(report.now, level):
        return None
    rows = report.answers.lazy()
    if level not in rows.collect_schema().names():
        return None
    rows = rows.filter(pl.col(level).cast(pl.String).is_in(shown_codes(report, level)))
    try:
        found = measurement_invariance(rows, groups, by=level)
    except ValueError:
        return None
    return report.door(found)


def invariance_table(report, found):
    """Fit of the three models, what each loses, and whether means of the units may be compared."""
    if found is None:
        return nothing(report, "invariance", level=label(report, report.levels[0])) if report.levels else None
    fit = found[found["status"].isin(SHOWN)].set_index(["item", "metric"])["estimate"]
    names = [name for name in ("configural", "metric", "scalar") if (name, "cfi") in fit.index]
    holds = [fit.get((name, "holds")) for name in names]
    frame = columns(
        report,
        model=[say(f"invariance_{name}", report.lang) for name in names],
        cfi=[f"{fit[name, 'cfi']:.3f}" for name in names],
        loss=[DASH if (n, "cfi_difference") not in fit else signed(fit[n, "cfi_difference"]) for n in names],
        rmsea=[f"{fit[name, 'rmsea']:.3f}" for name in names],
        verdict=[DASH if one is None else say("holds" if one else "fails", report.lang) for one in holds],
    )
    return table(frame, report, "invariance", level=label(report, report.levels[0]))


def signed(figure):
    """A change of a fit, three digits; nothing is never -0.000."""
    return f"{round(figure, 3) + 0.0:+.3f}"


def shown_codes(report, level):
    """Codes of the units of a level that may be shown, in their order."""
    plan, wave = report.study.plan, report.study.wave
    codes = report.now.select(level).drop_nulls().unique().collect()[level].cast(pl.String).to_list()
    return sorted(
        code for code in codes if plan.at({level: code}, wave) is not None and plan.shown(**{level: code}, _wave=wave)
    )


def alpha_text(row):
    """ "0.82 [0.80, 0.84]"."""
    if row["status"] not in SHOWN:
        return DASH
    return f"{row['estimate']:.2f} [{row['ci_low']:.2f}, {row['ci_high']:.2f}]"


def agreement(report, level=None):
    """Agreement inside units of the lowest level and differences between them, of units that may be shown; None where too few.

    Returns
    -------
    pandas.DataFrame or None
        Output of `unit_agreement` as it may leave; medians of agreement are rounded, those over 0.995 stand as 0.995.
    """
    from cemlab.analyse.unit_agreement import unit_agreement

    level = level or (report.levels[-1] if report.levels else None)
    if level is None or not maps.several(report.now, level):
        return None
    codes = shown_codes(report, level)
    if len(codes) < FEWEST:
        return None
    kinds = {}  # dimensions by the scale that their items share
    for name in report.dimensions:
        kinds.setdefault(report.options["scale"][report.dimensions[name][0]], []).append(name)
    rows = report.now.filter(pl.col(level).cast(pl.String).is_in(codes))
    found = pd.concat(
        [unit_agreement(rows, names, unit=level, scale=scale) for scale, names in kinds.items()], ignore_index=True
    )
    return found.assign(rwg_median=np.minimum(found["rwg_median"].round(2), CLEAR))


def agreement_files(report, found):
    """Agreement as estimates, through the door: "rwg_median", "icc1" and "icc2" of every dimension."""
    if found is None:
        return None
    frames = [
        found.assign(metric=metric, estimate=found[metric], ci_low=found.get(f"{metric}_low"), ci_high=found.get(f"{metric}_high"))
        for metric in ("rwg_median", "icc1", "icc2")
    ]  # fmt: skip
    out = pd.concat(frames, ignore_index=True)
    out = out[["metric", "item", "estimate", "ci_low", "ci_high", "n"]].astype({"ci_low": float, "ci_high": float})
    return report.door(out.assign(unit="coefficient", n_eff=out["n"].astype(float), at=np.nan, level=0.95, method="anova_mean_size", status="ok"))  # fmt: skip


def agreement_table(report, found, files):
    """May means of the lowest level be compared: agreement inside units, differences between them."""
    if found is None:
        return nothing(report, "agreement", level=label(report, report.levels[-1])) if report.levels else None
    words = {key: say(f"comparable_{key}", report.lang) for key in ("yes", "shrunken", "no")}
    cells = {(row["metric"], row["item"]): row for row in files.to_dict("records")}
    names, counts = list(found["item"]), [f"{n:,.0f}" for n in found["units"]]
    interval = [cells["icc1", name] for name in names]
    frame = columns(
        report,
        dimension=[label(report, name) for name in names],
        units=counts,
        rwg=[figure(cells["rwg_median", name], digits=2) for name in names],
        icc1=[f"{r['estimate']:.3f} [{r['ci_low']:.3f}, {r['ci_high']:.3f}]" if r["status"] in SHOWN else DASH for r in interval],
        icc2=[figure(cells["icc2", name], digits=2) for name in names],
        raw_p=[probability(p) for p in found["p_value"]],
        verdict=[words[c] for c in found["comparable"]],
    )  # fmt: skip
    return table(frame, report, "agreement", level=label(report, report.levels[-1]))
