"""Which concept to launch: the decision table of a product report, from its result rows and the rule agreed beforehand."""

from cemlab.report.brand_cells import WEAK, text
from cemlab.report.product_cells import columns, item_name, say, table, thing_name
from cemlab.report.product_concept import signed, test_of


def launch_table(report, scores, candidates, said, trial, norm):
    """The decision table: each concept's intent, its test, trial, norm, strong and weak points, and the proposal of the rule."""
    if scores is None or concepts_fewer(scores):
        return None
    test, lang = test_of(report), report.lang
    target = report.book.columns[test.intent].target if test.intent in report.book.columns else None
    rule = (
        say("rule_control", lang)
        if test.control
        else say("rule_target", lang, target=f"{target:g}")
        if target
        else say("rule_none", lang)
    )
    rows = scores[(scores["item"] == test.intent) & (scores["metric"] == "top_box")].to_dict("records")
    trials = {} if trial is None else {r["concept"]: text(r, interval=False) for r in trial.to_dict("records")}
    quartiles = say("quartiles", lang).split("|")
    places = (
        {}
        if norm is None
        else {r["concept"]: quartiles[r["quartile"] - 1] for r in norm[norm["item"] == test.intent].to_dict("records")}
    )
    out = {key: [] for key in ("concept", "intent", "against", "trial", "quartile", "strong", "weak", "advice")}
    for row in rows:
        code = row["concept"]
        mine = said[(said["kind"] == "concept") & (said["group"] == code)] if test.control else said.iloc[:0]
        held = mine[mine["verdict"] == "claim"]
        one = mine[mine["item"] == test.intent]
        gap_text = "—"
        if len(one) and one["difference"].notna().iloc[0]:
            gap_text = signed(one["difference"].iloc[0])
        values = {
            "concept": thing_name(report, "concept", code), "intent": text(row), "against": gap_text,
            "trial": trials.get(code, "—"), "quartile": places.get(code, "—"),
            "strong": named(report, held[held["difference"] > 0]), "weak": named(report, held[held["difference"] < 0]),
            "advice": advice(row, held, test, target, lang),
        }  # fmt: skip
        for key, cell in values.items():
            out[key].append(cell)
    out = {key: cells for key, cells in out.items() if set(cells) != {"—"} or key == "advice"}
    return table(columns(report, **out), report, "launch", rule=rule)


def concepts_fewer(scores):
    """Whether there is no concept to compare."""
    return scores["concept"].nunique() < 1


def named(report, rows):
    """Questions of rows in words."""
    return say("comma", report.lang).join(item_name(report, i) for i in rows["item"]) or "—"


def advice(row, held, test, target, lang):
    """What the rule proposes for a concept."""
    if row["status"] not in WEAK:
        return "—"
    if test.control:
        if row["concept"] == test.control:
            return say("is_control", lang)
        rows = held[held["item"] == test.intent]["difference"]
        return say("fix" if not len(rows) else "go" if rows.iloc[0] > 0 else "stop", lang)
    if not target:
        return "—"
    return say("go" if row["ci_low"] > target else "stop" if row["ci_high"] < target else "fix", lang)
