"""Sections of the employee report on who answered, how they are protected, and how the dimensions stand."""

from cemlab.analyse import employee_study as staff
from cemlab.measure.census import census_intervals
from cemlab.measure.schema import combine
from cemlab.report.charts_compare import distribution_bars
from cemlab.report.employee_cells import (
    DASH,
    SHOWN,
    base,
    columns,
    figure,
    indented,
    label,
    picture,
    say,
    table,
    text,
    units,
    with_interval,
)
from cemlab.report.employee_texts import CONFIDENTIALITY, REPRESENTATIVE
from cemlab.report.sections import day
from cemlab.report.wording import number

STEPS = (1, 2, 5, 10, 20, 50, 100)  # points
SPREAD = 2  # times the minimum of persons that the answers of a hidden group stay open by


def disclosure(report):
    """Who was asked, when and how, in the codebook's words; what weights do; the newest answer."""
    words, study = [], report.study
    if report.book.about:
        words.append(report.book.about(report.lang))
    names = ("、" if report.lang == "zh" else ", ").join(label(report, name) for name in report.asked.staff.groups)
    kind = "by_response" if report.cells is not None else "weighted" if report.weights else "unweighted"
    words.append(say(kind, report.lang, names=names))
    changes = [(w, report.book.waves[w].changes) for w in study.waves if w in report.book.waves]
    colon = "：" if report.lang == "zh" else ": "
    words += [report.book.wave_label(w, report.lang) + colon + told(report.lang) for w, told in changes if told]
    if study.newest is not None:
        words.append(say("newest", report.lang, day=day(study.newest, report.lang)))
    return text("\n\n".join(words))


def weights_table(report):
    """What the weights against unequal response cost, and how far they move the index at most.

    No unweighted figure is shown: beside the weighted one it would be a second sum of the same answers, and two units that are
    hidden because a total less their sister units gives their sum could be told apart by it.
    """
    if report.cells is None or report.unit is not None:
        return None
    made = report.cells.report.iloc[0]
    words = {"within": bounded_shift(report), "groups": say("comma", report.lang).join(label(report, name) for name in report.asked.staff.groups)}  # fmt: skip
    names, values = ["answers_all", "effective", "efficiency"], [f"{made['n']:,.0f}", f"{made['n_eff']:,.0f}", f"{100 * made['n_eff'] / made['n']:.1f}%"]  # fmt: skip
    if report.book.privacy.enhanced:
        names, values = names[2:], values[2:]
    frame = columns(
        report,
        figure=[*(say(name, report.lang) for name in names), say("shift", report.lang)],
        value=[*values, say("under", report.lang, points=f"{words['within']:g}")],
    )
    return table(frame, report, "weights", groups=words["groups"])


def bounded_shift(report):
    """A number of points that the weights move no dimension's index by more than; so coarse that it bounds no few persons' answers."""
    bare = company(staff.index_scores(report.now, report.book), report).query("metric == 'favourable'")
    weighed = company(staff.index_scores(report.now, report.book, weights=report.weights), report)
    weighed = weighed.query("metric == 'favourable'").set_index("item")["estimate"]
    most = (bare.set_index("item")["estimate"] - weighed).abs().max()
    least = 100.0 * SPREAD * report.study.plan.min_persons / max(bare["n"].min(), 1)
    return next(float(step) for step in STEPS if step >= max(most, least) or step == STEPS[-1])


def confidentiality(report):
    """What is promised to everybody, with the thresholds in force, and how many units are hidden and why."""
    privacy = report.book.privacy
    words = {"persons": privacy.min_persons, "comments": privacy.comments_base}
    out = CONFIDENTIALITY[report.lang].format(**words)
    if report.levels:
        out += "\n\n" + say("hidden_units", report.lang, **hidden_units(report))
    return text(out)


def hidden_units(report):
    """How many units this version speaks of, and how many of them are not shown: too few answers, or for others' sake."""
    plan, keys = report.study.plan, [key for key in units(report) if key is not None]
    places = [plan.at({level: code}, report.study.wave) for level, code in keys]
    reasons = ["few" if place is None else plan.groups["reason"].iloc[place] for place in places]
    shown = [place is not None and bool(plan.open[place]) for place in places]
    few = sum(reason == "few" and not one for reason, one in zip(reasons, shown, strict=True))
    return {"units": len(keys), "hidden": shown.count(False), "few": few, "other": shown.count(False) - few}


def index_levels(report, wave=None):
    """The index of the whole company and of every unit, as it may be shown."""
    wave = wave or report.study.wave
    rows = report.now if wave == report.study.wave else report.before

    def make(level):
        return staff.index_scores(
            rows if level is None else rows.drop_nulls(level),
            report.book,
            by=level,
            weights=report.weights,
            headcount=report.headcount(level, wave),
        )

    return report.door(staff.by_levels(make, report.levels), wave)


def company(frame, report):
    """The rows about the whole company, without the unit columns."""
    if frame is None:
        return None
    have = [c for c in (*report.levels, *report.segments) if c in frame]
    return frame[(frame[have] == "(all)").all(axis=1)].drop(columns=have).reset_index(drop=True)


def of_unit(frame, report, key):
    """The rows about one unit (None: the whole company), without the unit columns."""
    if key is None or frame is None:
        return company(frame, report)
    have = [c for c in (*report.levels, *report.segments) if c in frame]
    mine = (frame[key[0]] == key[1]) & (frame[[c for c in have if c != key[0]]] == "(all)").all(axis=1)
    return frame[mine].drop(columns=have).reset_index(drop=True)


def index_picture(report, scores):
    """Favourable, neutral and unfavourable shares of every dimension, for the unit that the report is about."""
    rows = report.coarse(of_unit(scores, report, report.unit))
    parts = None if rows is None else rows[rows["metric"].isin(["favourable", "neutral", "unfavourable"])]
    note = REPRESENTATIVE[report.lang]["unit" if report.unit else "company"]
    return picture(distribution_bars, parts, report, "index_picture", words={"note": note})


def index_table(report, scores):
    """Index, mean, unfavourable share and base of every dimension, for the company and, in a manager's version, the unit."""
    rows = report.coarse(of_unit(scores, report, report.unit))
    if rows is None or not len(rows):
        return table(None, report, "index", **scale_words(report))
    cells = {(row["item"], row["metric"]): row for row in rows.to_dict("records")}
    names = [name for name in report.dimensions if (name, "favourable") in cells]
    told = {
        "dimension": [label(report, name) for name in names],
        "index": [with_interval(cells[name, "favourable"]) for name in names],
        "unfavourable": [figure(cells[name, "unfavourable"]) for name in names],
        "mean": [figure(cells[name, "mean"]) for name in names],
        "n": [base(cells[name, "favourable"]) for name in names],
    }
    if report.unit is not None:
        whole = company(report.coarse(scores), report).query("metric == 'favourable'")
        whole = {row["item"]: row for row in whole.to_dict("records")}
        told["company"] = [figure(whole.get(name)) for name in names]
    return table(columns(report, **told), report, "index", **scale_words(report))


def scale_words(report):
    """The scale of the items in words; several scales stand beside one another."""
    scales = {report.book.columns[item].scale for items in report.dimensions.values() for item in items}
    first = sorted(scales, key=lambda s: (s.low, s.high))[0]
    census = say("census", report.lang) if report.headcount() is not None else ""
    top = "–".join(str(code) for code in (min(first.top_codes), max(first.top_codes)))
    return {"low": first.low, "high": first.high, "top": top, "census": census}


def item_levels(report):
    """Every item of the whole company, as it may be shown; None in a manager's version, which speaks of dimensions."""
    if report.unit is not None:
        return None
    found, people = staff.item_scores(report.answers, report.book, weights=report.weights), report.headcount()
    return report.door(found if people is None or found is None else census_intervals(found, people))


def item_table(report, items):
    """Every item with its favourable share, by dimension; the whole company."""
    if report.unit is not None:
        return None
    rows = company(report.coarse(items), report)
    if rows is None or not len(rows):
        return table(None, report, "items")
    cells = {(row["item"], row["metric"]): row for row in rows.to_dict("records")}
    pairs = [(name, item) for name, group in report.dimensions.items() for item in group]
    frame = columns(
        report,
        dimension=[label(report, name) for name, _ in pairs],
        item=[label(report, item) for _, item in pairs],
        index=[with_interval(cells[item, "favourable"]) for _, item in pairs],
        unfavourable=[figure(cells[item, "unfavourable"]) for _, item in pairs],
        n=[base(cells[item, "favourable"]) for _, item in pairs],
    )
    return table(frame, report, "items")


def headline_levels(report, wave=None):
    """eNPS, satisfaction and the wish to leave of the company and every unit, as they may be shown."""
    wave = wave or report.study.wave
    rows = report.now if wave == report.study.wave else report.before

    def make(level):
        people = report.headcount(level, wave)
        return staff.headline(
            rows if level is None else rows.drop_nulls(level),
            report.book,
            by=level,
            weights=report.weights,
            headcount=people,
        )

    return report.door(staff.by_levels(make, report.levels), wave)


def headline_table(report, frame):
    """eNPS, satisfaction and the wish to leave, for the company and the units above and at the manager's."""
    frame = report.coarse(frame)
    if frame is None:
        return None
    keys = [None, *([node.key for node in report.tree.above(report.unit)] + [report.unit] if report.unit else [])]
    rows = [(key, row) for key in keys for row in of_unit(frame, report, key).to_dict("records")]
    told = {
        "figure": [label_of(report, row) for _, row in rows],
        "value": [figure(row) + (" 分" if row["unit"] == "points" and report.lang == "zh" else "") for _, row in rows],
        "interval": [
            f"[{number(r['ci_low'], r['unit'])}, {number(r['ci_high'], r['unit'])}]" if r["status"] in SHOWN else DASH
            for _, r in rows
        ],
        "n": [base(row) for _, row in rows],
    }
    if report.unit:
        told = {"unit": [indented(report, key).strip() for key, _ in rows]} | told
    return table(columns(report, **told), report, "headline")


def label_of(report, row):
    """What a headline figure is called."""
    return (
        ("员工净推荐值 eNPS" if report.lang == "zh" else "eNPS")
        if row["metric"] == "nps"
        else label(report, row["item"])
    )


def segment_scores(report):
    """The index by each segment that is no unit, whole company only, as it may be shown."""
    index = report.asked.index or next(iter(report.dimensions))
    frames = [
        staff.index_scores(
            report.now.drop_nulls(cut), report.book, by=cut, weights=report.weights, headcount=report.headcount(cut)
        )
        for cut in report.segments
    ]
    if not frames:
        return None
    rows = combine(frames, by=report.segments)
    return report.door(rows[(rows["item"] == index) & (rows["metric"] == "favourable")].reset_index(drop=True))


def segment_table(report, scores):
    """The index by groups of people; left out in a manager's version, where it is not the manager's matter."""
    if scores is None or report.unit is not None:
        return None
    rows = [
        (cut, code, row)
        for row in report.coarse(scores).to_dict("records")
        for cut in report.segments
        if (code := row[cut]) != "(all)"
    ]
    frame = columns(
        report,
        segment=[label(report, cut) for cut, _, _ in rows],
        group=[report.book.option_label(cut, code, report.lang) for cut, code, _ in rows],
        index=[with_interval(row) for *_, row in rows],
        n=[base(row) for *_, row in rows],
    )
    return table(frame, report, "segments")
