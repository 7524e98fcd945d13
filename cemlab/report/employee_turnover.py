"""The section of the employee report on who left: shares at a few times by band of engagement, one ratio."""

from typing import NamedTuple

import pandas as pd

from cemlab.analyse import employee_exits as left
from cemlab.analyse import employee_study as staff
from cemlab.release import leavers
from cemlab.report.charts_employee import survival_lines
from cemlab.report.door import through_door
from cemlab.report.employee_cells import SHOWN, base, columns, nothing, picture, probability, say, table, with_interval


class Turnover(NamedTuple):
    """Who left, as it may be shown; frames are None where nothing may."""

    shares: pd.DataFrame | None  # band, estimates: "left_within" (``at`` days) or "left"
    ratios: pd.DataFrame | None  # band, estimates and ``p_value``
    wave: str  # of the answers that the bands are made from


def turnover(report):
    """Who left after the last wave, by band; what could be worked out of leavers whom everybody knows passes the door first."""
    wave, book = followed_wave(report), report.book
    people = left.followed(report.scored, book, wave)
    if people is None or people.head(1).collect().is_empty():
        return Turnover(None, None, wave)
    given_away = leavers.band_shares(people, report.asked.index).assign(_wave=wave)
    passed = through_door(report.study, given_away, exact=True)
    if not passed["status"].isin(SHOWN).all() or passed[leavers.EXIT].nunique() < 2:
        return Turnover(None, None, wave)
    if report.asked.staff.gone:
        found = left.risk(people)
        if found is None:
            return Turnover(None, None, wave)
        rows = found["metric"] == "left"
        shares, ratios = found[rows].drop(columns="p_value"), found[~rows]
    else:
        shares, ratios = left.survival(people, leavers.told_times(people, report.study.plan.min_persons))
    return Turnover(shown(report, shares, wave), shown(report, ratios, wave), wave)


def followed_wave(report):
    """The wave whose people are followed: the last one, as there is time to leave after it; the first by itself."""
    return report.study.previous or report.study.wave


def shown(report, frame, wave):
    """Rows of bands through the door: the bands stand as items; None where a band is too small."""
    if frame is None:
        return None
    band = frame["band"].astype(str)
    rows = frame.drop(columns="band").assign(item="band_" + band)
    out = report.door(rows, wave).assign(band=band.to_numpy())
    return out if out["status"].isin(SHOWN).any() else None


def survival_picture(report, made):
    """Shares still employed at the times told."""
    if report.asked.staff.gone or made.shares is None:
        return None
    name = report.book.wave_label(made.wave, report.lang)
    names = {band: say(band, report.lang) for band in left.BANDS}
    return picture(survival_lines, report.coarse(made.shares), report, "survival", names, words={"wave": name})


def hazard_table(report, made):
    """Share that left and the ratio against high engagement, by band."""
    key, metric = ("risk", "odds_ratio") if report.asked.staff.gone else ("hazard", "hazard_ratio")
    if made.shares is None:
        return nothing(report, key, months="")
    shares = report.coarse(made.shares)
    last = shares[shares["at"].isna() | (shares["at"] == shares["at"].max())].set_index("band")
    slopes = pd.DataFrame() if made.ratios is None else made.ratios[made.ratios["metric"] == metric].set_index("band")
    bands = [band for band in left.BANDS if band in last.index]
    rows = {band: slopes.loc[band].to_dict() if band in slopes.index else None for band in bands}
    low, high = staff.bands(report.book)
    limits = {"low": f"< {low:g}", "middle": f"{low:g}–{high:g}", "high": f"≥ {high:g}"}
    told = {
        "band": [f"{say(b, report.lang)} ({limits[b]})" for b in bands],
        "left": [with_interval(last.loc[b].to_dict()) for b in bands],
    }
    if len(slopes):
        told["odds" if key == "risk" else "hazard"] = [ratio(rows[b], b) for b in bands]
        told["raw_p"] = [probability(rows[b]["p_value"]) if rows[b] is not None else "—" for b in bands]
    told["n"] = [base(last.loc[b].to_dict()) for b in bands]
    return table(columns(report, **told), report, key, months=months(last["at"].iloc[0]))


def ratio(row, band):
    """ "2.3 [1.8, 3]"; 1 for the band compared with."""
    if row is None:
        return "1" if band == "high" else "—"
    if row["status"] not in SHOWN:
        return "—"
    values = (f"{v:.1f}" if v >= 0.995 else f"{v:.2f}" for v in (row["estimate"], row["ci_low"], row["ci_high"]))
    return "{} [{}, {}]".format(*values)


def months(days):
    """Days as a number of months, in words of figures: 12."""
    return "" if pd.isna(days) else f"{days / 30.4:.0f}"


def turnover_files(made):
    """What the files hold of leaving: the bands stand as items."""
    frames = [frame.drop(columns=["p_value", "_wave"], errors="ignore") for frame in (made.shares, made.ratios) if frame is not None]  # fmt: skip
    if not frames:
        return None
    out = pd.concat(frames, ignore_index=True)
    return out[out["metric"] != "proportional"].drop(columns="band")
