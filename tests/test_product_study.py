"""The product study: concepts against a control by hand, order of showing, noise without claims, planted truth found."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import yaml

from cemlab.analyse import product_study as product
from cemlab.analyse.concept_order import order_effects
from cemlab.analyse.concept_reasons import lift_when_ticked, source_of_volume
from cemlab.analyse.concept_test import (
    best_concept,
    compare_concepts,
    concept_norm,
    concept_scores,
    dunnett_p,
    trial_rate,
)
from cemlab.analyse.product_pack import pack_claim, pack_effect, pack_panel
from cemlab.analyse.product_parts import penalties, penalty_claims
from cemlab.analyse.product_rows import thing_rows
from cemlab.checks import DataError
from cemlab.codebook import CodebookError, load_codebook, parse_codebook
from cemlab.codebook_product import Pack
from cemlab.report.findings import claims, findings
from cemlab.simulate_product import PLANTED, product_answers, product_noise

FIVE = (1, 5)


@pytest.fixture(scope="module")
def book(root):
    return load_codebook(root / "data" / "codebooks" / "product_concept.yml")


def rated(**tops):
    """Ten answers a concept, so many of them fives, the rest ones."""
    rows = [(c, 5 if i < top else 1) for c, top in tops.items() for i in range(10)]
    return pd.DataFrame(rows, columns=["concept", "intent"])


def test_scores_by_hand():
    table = concept_scores(rated(a=4, b=7), "intent", scale=FIVE).set_index(["concept", "metric"])["estimate"]
    assert table["a", "top_box"] == table["a", "top_one"] == 40
    assert table["b", "mean"] == pytest.approx(0.7 * 5 + 0.3 * 1)


def test_trial_by_hand_and_its_limits():
    """Four of ten say 5: 0.4 x 0.75 + 0.6 x 0.1 = 36 %."""
    row = trial_rate(rated(a=4), "intent", {5: 0.75, 1: 0.1}).iloc[0]
    assert row["estimate"] == pytest.approx(36)
    assert 0 <= row["ci_low"] < row["ci_high"] <= 100
    with pytest.raises(ValueError, match=r"`calibration` is \{5: 75\}; give .*0 to 1"):
        trial_rate(rated(a=4), "intent", {5: 75})


def test_dunnett_lies_between_no_adjustment_and_bonferroni_and_agrees_with_the_multivariate_normal():
    """R: mvtnorm::pmvnorm with correlation 0.5 (equal cells): two tests at |z| = 2.2121 give 0.05."""
    rows = pd.DataFrame({"p_value": [0.026963, 0.5, np.nan], "n_eff": [100.0] * 3, "n_eff_reference": [100.0] * 3})
    p = dunnett_p(rows)
    assert p[0] == pytest.approx(0.05, abs=2e-4)  # Dunnett's table: 2.21 for two treatments, many degrees of freedom
    assert np.isnan(p[2])
    assert 0.026963 < p[0] < 2 * 0.026963


def big(seed=1, n=300, **shares):
    rng = np.random.default_rng(seed)
    return pd.DataFrame([(c, 5 if x < s else 2) for c, s in shares.items() for x in rng.random(n)], columns=["concept", "intent"])  # fmt: skip


def test_winner_only_when_separated():
    for shares, apart in (({"a": 0.3, "b": 0.32, "c": 0.6}, True), ({"a": 0.5, "b": 0.5, "c": 0.52}, False)):
        data = big(**shares)
        found = best_concept(compare_concepts(data, "intent", scale=FIVE), concept_scores(data, "intent", scale=FIVE).query("metric == 'top_box'"))  # fmt: skip
        assert found["separated"] is apart
        assert apart or found["n_needed"] is None or found["n_needed"] > 300
    assert best_concept(pd.DataFrame(), concept_scores(big(a=0.4), "intent", scale=FIVE)) is None


def test_norm_needs_four_concepts():
    scores = concept_scores(rated(a=2, b=7), "intent", scale=FIVE)
    archive = {f"t{i}": {"intent": 10.0 * i} for i in range(1, 6)}
    table = concept_norm(scores, archive).set_index("concept")
    assert table.loc["b", ["norm", "quartile", "earlier"]].tolist() == [30, 1, 5]
    assert table.loc["a", "quartile"] == 3
    assert len(concept_norm(scores, dict(list(archive.items())[:3]))) == 0


def sequential(effect=0.0, drift=0.0, n=400, seed=2):
    """Two concepts each, in random order; later places answer worse by `drift`."""
    rng = np.random.default_rng(seed)
    person, place = (v.ravel() for v in np.indices((n, 2)))
    first = rng.integers(0, 2, n)
    concept = (first[person] + place) % 2
    u = 0.45 + 0.15 * rng.normal(size=n)[person] + effect * concept - drift * place
    answer = np.where(rng.random(2 * n) < u, 5, 2)
    return pd.DataFrame({"_respondent": person, "position": place + 1, "concept": np.array(["a", "b"])[concept], "intent": answer})  # fmt: skip


def test_order_of_showing_is_seen_and_taken_out():
    found = order_effects(sequential(effect=0.15, drift=0.2), "intent", scale=FIVE, control="a")
    assert found.tests.set_index("effect").loc["position", "p_value"] < 1e-4
    row = found.adjusted.iloc[0]
    assert row["difference_low"] < 15 < row["difference_high"]
    calm = order_effects(sequential(), "intent", scale=FIVE, control="a")
    assert calm.tests.set_index("effect").loc["position", "p_value"] > 0.05
    unbalanced = sequential(drift=0.4).query("position == 1 or concept == 'b'")  # b is often last
    assert abs(order_effects(unbalanced, "intent", scale=FIVE, control="a").adjusted.iloc[0]["difference"]) < 12
    with pytest.raises(ValueError, match="every respondent has one row"):
        order_effects(sequential().query("position == 1"), "intent", scale=FIVE)


def test_ticks_and_sources():
    rng = np.random.default_rng(4)
    tick = rng.integers(0, 2, 600).astype(float)
    intent = np.where(rng.random(600) < 0.3 + 0.2 * tick, 5, 2)
    data = pd.DataFrame({"_respondent": range(600), "concept": "a", "intent": intent, "t": tick, "u": rng.integers(0, 2, 600) * 1.0})  # fmt: skip
    rows = lift_when_ticked(data, "intent", ["t", "u"], scale=FIVE, concept=None).set_index("item")
    assert rows.loc["t", "difference_low"] < 20 < rows.loc["t", "difference_high"]
    assert rows.loc["u", "p_value"] > 0.05
    data["less"] = np.where(intent == 5, np.where(np.arange(600) % 4 == 0, "mine", "other"), None)
    share = source_of_volume(data, "intent", "less", own=["mine"], scale=FIVE).iloc[0]
    buyers = data[data["intent"] == 5]
    assert share["estimate"] == pytest.approx(100 * (buyers["less"] == "mine").mean())


def test_matrix_and_column_layouts_give_the_same_rows(book):
    wide = pl.DataFrame({"_key": ["1", "2"], "liked__a": [7.0, None], "liked__b": [5.0, 8.0], "place__a": [1.0, 2.0]})
    options = {"thing": "product", "column": None, "questions": ["liked"], "position": "place"}
    rows = thing_rows(wide, book, **options).collect().sort("product", "_respondent")
    assert rows.select("product", "liked").rows() == [("a", 7.0), ("b", 5.0), ("b", 8.0)]
    long = pl.DataFrame({"_key": ["1", "2", "3"], "product": ["a", "b", None], "liked": [7.0, 5.0, 8.0]})
    found = thing_rows(long, book, thing="product", column="product", questions=["liked"]).collect()
    assert found["liked"].to_list() == [7.0, 5.0]


def candidates(answers, book):
    concepts, tastes = (f(answers, book) for f in (product.concept_rows, product.taste_rows))
    concepts, tastes = concepts.collect().lazy(), tastes.collect().lazy()
    return product.candidate_claims(concepts, tastes, answers, book, min_n=30)


def test_noise_in_no_claims_out(book):
    """Each study of pure noise makes a claim with a chance of at most 5 %: of 12, four or more would be one in 400."""
    guilty = [seed for seed in range(12) if len(claims(findings(candidates(product_noise(seed).lazy(), book), book)))]
    assert len(guilty) <= 3


def test_planted_claims_are_found_and_no_others_of_concepts(book):
    answers = product_answers().with_columns(pl.col("number").alias("_key"))
    said = claims(findings(candidates(answers.lazy(), book), book))
    made = {(r.group, r.item, int(np.sign(r.difference))) for r in said[said["kind"] == "concept"].itertuples()}
    assert made == PLANTED["claims"]
    assert said[said["kind"] == "lift"]["item"].tolist() == [f"appeal__{PLANTED['lift']}"]
    assert {("b", "sweet:too_little"), ("a", "bitter:too_much")} == {(r.group, r.item) for r in said[said["kind"] == "penalty"].itertuples()}  # fmt: skip
    assert {"preference", "triangle"} == set(said[said["kind"] == "sensory"]["metric"])
    assert said[said["kind"] == "pack"]["difference"].tolist() == pytest.approx([PLANTED["pack"][1]])


def test_penalties_are_claims_from_a_fifth_on(book):
    rows = product.taste_rows(product_answers().with_columns(pl.col("number").alias("_key")).lazy(), book)
    found = penalties(rows, book)
    assert (found[0].set_index(["product", "item", "side"])["share"] >= 20).sum() >= len(penalty_claims(found))
    assert penalty_claims(None) is None


PACK = Pack(unit="shop", period="week", treated="new", outcome="sold")


def test_answers_of_a_shop_are_averaged():
    rows = pd.DataFrame({"shop": ["a", "a", "b"], "week": ["1", "1", "1"], "new": [0, 0, 0], "sold": [4, 6, 3]})
    assert pack_panel(rows, PACK)["outcome"].tolist() == [5, 3]
    with pytest.raises(DataError, match="1 of 2 units and periods are both switched and not"):
        pack_panel(rows.assign(new=[0, 1, 0]), PACK)
    with pytest.raises(DataError, match="column 'sold' must hold numbers; 1 of 3 rows do not"):
        pack_panel(rows.assign(sold=["4", "six", "3"]), PACK)
    assert pack_effect(None) is None


def test_few_shops_lean_on_the_placebo():
    """Three shops switch: the p-value is never below what dealing the switch out at random gives."""
    rng = np.random.default_rng(5)
    shop, week = (v.ravel() for v in np.indices((6, 6)))
    new = ((shop < 3) & (week >= 3)).astype(int)
    panel = pd.DataFrame({"unit": shop, "period": week, "treated": new, "outcome": 5 * new + rng.normal(size=36)})
    found = pack_effect(panel)
    claim = pack_claim(found, panel, PACK).iloc[0]
    assert claim["p_value"] >= found.placebo["p_value"] >= 0.05
    assert claim["estimate"] - claim["reference_estimate"] == pytest.approx(claim["difference"])


def codebook(**parts):
    five = {"role": "question", "type": "scale", "scale": {"low": 1, "high": 5}}
    columns = {"intent": five, "concept": {"role": "question", "options": {"a": "A", "b": "B"}}}
    told = {"study": "product_concept", "name": "x", "title": "X", "timezone": "Asia/Shanghai", "columns": columns}
    return parse_codebook(yaml.safe_dump({**told, "product_questions": parts}))


@pytest.mark.parametrize(
    "parts, message",
    [
        ({"concept_test": {"intent": "intend"}}, "'intend' is no question; did you mean 'intent'"),
        ({"concept_test": {"concept": "concept", "intent": "intent", "control": "c"}}, "control.*'c' is no code of 'concept'"),
        ({"concept_test": {"intent": "intent", "calibration": {5: 75}}}, "code 5 buys with probability 75"),
        ({"concept_test": {"intent": "intent", "archive": {"t": {"price": 5}}}}, "'t' names 'price', which is no question"),
        ({"concept_test": {"intent": "intent", "archive": {"t": {"intent": 120}}}}, "has 120.*give percent"),
        ({"concept_test": {"intent": "intent", "own": ["a"]}}, "codes of the question `replaces`; name it"),
        ({"pack": {"cell": "concept"}}, "needs `current`, `new` and `ratings`"),
        ({"pack": {"unit": "concept"}}, "`treated` and `outcome`, all four"),
        ({"pack": {}}, "give `cell`.*or `unit`"),
        ({"best_worst": {"items": {}, "design": "x.csv", "best": ["intent"], "worst": []}}, "1 columns of best and 0 of worst"),
        ({"conjoint": {"chosen": ["intent"], "attributes": {}}}, "give one of `design`, `task`.*and `columns`"),
        ({"conjoint": {"chosen": ["intent"], "task": "concept", "attributes": {}, "price": "p"}}, "'p' is not among the attributes"),
    ],
)  # fmt: skip
def test_wording_of_the_codebook_errors(parts, message):
    with pytest.raises(CodebookError, match=message):
        codebook(**parts)
