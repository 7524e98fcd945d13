"""The first screen of an employee report: index, eNPS, participation, what is tested and true, proposals."""

import re
from itertools import zip_longest

from cemlab import report as show
from cemlab.report.employee_cells import SHOWN, base, figure, label
from cemlab.report.employee_index import company, of_unit
from cemlab.report.employee_sentences import SENTENCES
from cemlab.report.employee_units import unit_name
from cemlab.report.findings import claims, findings
from cemlab.report.wording import gap, number, value


def figure_name(report, row):
    """What a row speaks of: 敬业度指数, “直接上级”赞成占比, eNPS, a question."""
    words = SENTENCES[report.lang]
    if row["metric"] == "nps":
        return "员工净推荐值 eNPS" if report.lang == "zh" else "eNPS"
    if row["metric"] == "favourable":
        return words["index" if row["item"] == report.asked.index else "share"].format(name=label(report, row["item"]))
    return label(report, row["item"])


def decided(candidates, report):
    """Which candidates are claims, with the employee report's sentences."""
    table = findings(
        {kind: frame for kind, frame in candidates.items() if frame is not None}, report.book, lang=report.lang
    )
    table = report.coarse(table)
    return table.assign(sentence=[sentence(row, report) for row in table.to_dict("records")])


def sentence(row, report):
    """One finding in words; only a claim states a difference."""
    words, unit, lang = SENTENCES[report.lang], row["unit"], report.lang
    kind = row["kind"].partition(":")[0]
    if kind in ("aspect", "theme"):
        return row["sentence"]
    name, place = figure_name(report, row), ""
    if row["cut"]:
        place = unit_name(report.book, (row["cut"], row["group"]), lang)
    if row["verdict"] == "not_estimable":
        return words["none"].format(name=f"{place} {name}".strip())
    if row["verdict"] == "small_effect":
        return words["small"].format(name=f"{place} {name}".strip())
    low, high = sorted((abs(row["difference_low"]), abs(row["difference_high"])))
    turn = words[row["direction"] or "up"]
    known = row["estimate"] == row["estimate"]
    ratio = kind in ("turnover", "linkage")
    told = {
        "name": name, "plain": plain_name(report, row), "unit": place, "turn": turn[0], "verb": turn[1],
        "estimate": value(row["estimate"], unit, lang) if known else "—",
        "reference": report.book.wave_label(row["reference"], lang) if row["reference"] == row["reference"] else "",
        "reference_estimate": value(row["estimate"] - row["difference"], unit, lang) if known else "—",
        "size": gap(row["difference"], unit, lang), "low": number(low, unit), "high": number(high, unit),
        "n": f"{int(row['n']):,}" if row["n"] == row["n"] else "—",
        "outcome": label(report, row["kind"].partition(":")[2] or report.asked.index or ""),
    }  # fmt: skip
    if ratio:
        told |= ratios(row, kind, lang)
    start = ""
    if report.unit is not None and kind == "wave":  # beside a unit's own figures a reader must see whose this is
        start = unit_name(report.book, None, lang) + ("：" if lang == "zh" else ": ")
    said = words[kind if row["verdict"] == "claim" else f"{kind}_no"].format(**told)
    return start + re.sub(r"(?:[；;] ?)?n=—[；;]? ?", "", said)  # no base is shown


def plain_name(report, row):
    """The label alone: of a dimension, or of results of units."""
    part = report.asked.results.get(row["item"])
    return part(report.lang) if part else label(report, row["item"])


def ratios(row, kind, lang):
    """Hazard ratios and correlations as text."""
    estimate = row["estimate"]
    higher = {"zh": ("高", "低"), "en": ("higher", "lower")}[lang][0 if estimate > 0 else 1]
    if kind == "linkage":
        return {"r": f"{estimate:.2f}", "rlow": f"{row['difference_low']:.2f}", "rhigh": f"{row['difference_high']:.2f}", "turned": higher}  # fmt: skip
    return {"ratio": f"{estimate:.1f}", "rlow": f"{row['ratio_low']:.1f}", "rhigh": f"{row['ratio_high']:.1f}"} if "ratio_low" in row else {"ratio": f"{estimate:.1f}", "rlow": f"{2.718281828**row['difference_low']:.1f}", "rhigh": f"{2.718281828**row['difference_high']:.1f}"}  # fmt: skip


def mine(said, report):
    """Findings about the company and the units that a manager's version speaks of."""
    if report.unit is None:
        return said
    wanted = {node.key for node in report.tree.around(report.unit)}
    keep = [not row["cut"] or (row["cut"], row["group"]) in wanted for row in said.to_dict("records")]
    return said[keep].reset_index(drop=True)


def cards(report, scores, headline, rates, rates_before, said, changes=None):
    """Index, eNPS, participation, satisfaction and the wish to leave of the company or the manager's unit."""
    out, key = [], report.unit
    scores, headline, rates, rates_before, changes = (
        report.coarse(frame) for frame in (scores, headline, rates, rates_before, changes)
    )
    main = report.asked.index or next(iter(report.dimensions))
    for frame, match in ((scores, {"metric": "favourable", "item": main}), (headline, {})):
        rows = of_unit(frame, report, key)
        for row in [] if rows is None else rows.to_dict("records"):
            if all(row[c] == v for c, v in match.items()):
                out.append(card(report, row, frame, said, changes))
    if rates is not None:
        out.insert(min(2, len(out)), rate_card(report, rates, rates_before))
    return out[:4]


def card(report, row, frame, said, changes):
    """One card: value, base and interval, benchmark or company, change."""
    words, lang, unit = SENTENCES[report.lang], report.lang, row["unit"]
    here = row["status"] in SHOWN
    note = "" if not here else words["base" if row["n"] == row["n"] else "interval"].format(
        n=base(row), low=number(row["ci_low"], unit), high=number(row["ci_high"], unit)
    )  # fmt: skip
    part = report.asked.dimensions.get(row["item"])
    if report.unit is not None:
        whole = company(frame, report)
        same = whole[(whole["item"] == row["item"]) & (whole["metric"] == row["metric"])].iloc[0].to_dict()
        note = (note + words["whole"].format(company=figure(same))).lstrip("，, ")
    elif part is not None and part.benchmark is not None:
        note += words["against"].format(benchmark=value(part.benchmark, "percent", lang))
    change, turn = changed(report, row, said, changes)
    return {"title": figure_name(report, row), "value": value(row["estimate"], unit, lang) if here else "—", "note": note,
            "change": change if here else "", "direction": turn if here else ""}  # fmt: skip


def changed(report, row, said, changes):
    """How a figure stands against the wave before: words and direction."""
    words = SENTENCES[report.lang]
    if report.study.previous is None:
        return words["no_previous"], ""
    reference = report.book.wave_label(report.study.previous, report.lang)
    if report.unit is None:
        found = said[(said["kind"] == "wave") & (said["item"] == row["item"]) & (said["metric"] == row["metric"])]
        rows = found.assign(stands=found["verdict"] == "claim").to_dict("records")
    else:
        rows = of_unit(changes, report, report.unit)
        rows = [] if rows is None else rows[(rows["item"] == row["item"]) & (rows["metric"] == row["metric"])].to_dict("records")  # fmt: skip
        least = report.book.minimum_effect.share
        rows = [r | {"stands": r["p_adjusted"] <= 0.05 and abs(r["difference"]) >= least} for r in rows]
    if not rows or rows[0]["difference"] != rows[0]["difference"]:
        return "", ""
    one = rows[0]
    if not one["stands"]:
        return words["no_change"].format(reference=reference), ""
    turn = "up" if one["difference"] > 0 else "down"
    size = gap(one["difference"], row["unit"], report.lang)
    return words["change"].format(reference=reference, turn=words[turn][0], size=size), turn


def rate_card(report, rates, before):
    """The card of participation."""
    words = SENTENCES[report.lang]
    rows = of_unit(rates, report, report.unit)
    row = rows[rows["metric"] == "response_rate"].iloc[0].to_dict()
    here, note = row["status"] in SHOWN, ""
    if here and row["n"] == row["n"]:
        note = words["people"].format(n=f"{int(row['n']):,}", answers=f"{int(row['n'] - row['n_missing']):,}")
    then = of_unit(before, report, report.unit)
    then = None if then is None or not len(then) else then[then["metric"] == "response_rate"].iloc[0].to_dict()
    told = words["then"].format(before=figure(then)) if here and then is not None and then["status"] in SHOWN else ""
    title = "参与率" if report.lang == "zh" else "Response rate"
    return {"title": title, "value": value(row["estimate"], "percent", report.lang) if here else "—", "note": note, "change": told}  # fmt: skip


def opening(report, made, said):
    """The one sentence above everything."""
    words = SENTENCES[report.lang]
    start = ""
    if report.unit is not None:
        name = unit_name(report.book, report.unit, report.lang)
        if made[0]["value"] == "—":
            return words["unit_hidden"].format(unit=name) + words["stop"]
        start = words["unit_opening"].format(unit=name)
    first = words["opening"].format(name=made[0]["title"], estimate=made[0]["value"])
    first += ("，" if report.lang == "zh" else ", ") + made[0]["change"] if made[0]["change"] else ""
    parts = [first]
    rate = [c for c in made if c["title"] in ("参与率", "Response rate") and c["value"] != "—"]
    parts += [words["participation"].format(estimate=rate[0]["value"])] if rate else []
    if len(said) and not len(claims(said)):
        parts.append(words["no_claims"])
    return start + words["comma"].join(parts) + words["stop"]


def main_findings(said, report, most=3):
    """Sentences for the first screen, in turn from change, units, drivers, who left, customers."""
    order = {"wave": 0, "unit": 1, "driver": 2, "turnover": 3, "linkage": 4, "benchmark": 5}
    rows = claims(said)
    if not len(rows):
        return []
    if report.unit is not None:
        order = {"unit": 0, "wave": 1, "driver": 2, "benchmark": 3, "turnover": 4, "linkage": 5}
    kinds = rows["kind"].map(lambda k: order.get(k.partition(":")[0], 9))
    rows = rows.assign(rank=kinds, main=rows["item"] != report.asked.index)
    rows = rows.sort_values(["rank", "main", "p_family"], kind="stable")
    rows = rows.assign(turn=rows.groupby("rank").cumcount()).sort_values(["turn", "rank"], kind="stable")
    return rows["sentence"].head(most).tolist()


def suggestions(said, report, scores, most=3):
    """Proposals that follow from what was tested: a driver, a unit, a fall, who leaves."""
    words, lang, rows = SENTENCES[report.lang], report.lang, claims(said).to_dict("records")
    whole = {
        r["item"]: r
        for r in of_unit(report.coarse(scores), report, report.unit).to_dict("records")
        if r["metric"] == "favourable"
    }
    fixes = {"driver": [], "unit": [], "fall": [], "stay": []}
    kinds = {"driver": [], "unit": []}
    for row in rows:
        kind = row["kind"].partition(":")[0]
        if kind in kinds:
            kinds[kind].append(row)
        elif kind == "wave" and row["difference"] < 0 and row["item"] != report.asked.stay:
            size, then = gap(row["difference"], row["unit"], lang), report.book.wave_label(row["reference"], lang)
            fixes["fall"].append(words["fix_fall"].format(name=figure_name(report, row), size=size, reference=then))
        elif kind == "turnover":
            fixes["stay"].append(words["fix_stay"])
    lows = sorted((r for r in kinds["unit"] if r["difference"] < 0), key=lambda r: r["difference"])
    for row in lows:
        place = unit_name(report.book, (row["cut"], row["group"]), lang)
        size = gap(row["difference"], row["unit"], lang)
        fixes["unit"].append(words["fix_unit"].format(unit=place, name=label(report, row["item"]), size=size))
    for row in sorted(kinds["driver"], key=lambda r: -r["estimate"]):
        if row["item"] in whole and row["kind"] in ("driver", f"driver:{report.asked.index}"):
            told = {"name": label(report, row["item"]), "estimate": figure(whole[row["item"]])}
            fixes["driver"].append(words["fix_driver"].format(**told))
    out = [text for turn in zip_longest(*fixes.values()) for text in turn if text]
    return out[:most] or [words["nothing"]]


def first_screen(report, made, said, scores):
    """The first screen: one sentence, figures, findings, proposals."""
    here = mine(said, report)
    return show.first_screen(
        opening(report, made, here),
        made,
        main_findings(here, report),
        suggestions(here, report, scores),
        lang=report.lang,
    )
