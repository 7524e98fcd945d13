"""The brand sample's planted truth, noise without claims, and the charts drawn from them."""

import numpy as np
import polars as pl
import pytest

from cemlab.analyse import brand_study as brand
from cemlab.analyse.brand_rows import brand_plan, brand_rows
from cemlab.codebook import CodebookError, load_codebook, parse_codebook
from cemlab.report import charts_brand as charts
from cemlab.report import charts_image as images
from cemlab.report.brand_labels import overlap, placed_labels
from cemlab.report.brand_verdict import brand_sentence, brand_suggestions, signed_gap
from cemlab.report.findings import claims, findings
from cemlab.simulate_brand import OWN, PLANTED, WAVES, brand_answers, brand_noise

LAST, BEFORE = list(WAVES)[::-1]


@pytest.fixture(scope="module")
def codebook(root):
    return load_codebook(root / "data" / "codebooks" / "brand_health.yml")


@pytest.fixture(scope="module")
def opened(codebook):
    """Plan and stacked rows of the sample, unweighted."""
    answers = (
        brand_answers().rename({"wave": "_wave"}).with_columns(pl.int_range(pl.len()).cast(pl.String).alias("_key"))
    )
    answers = answers.with_columns(pl.col("answered").dt.date().alias("_date"))
    tried = [c for c in answers.columns if c.startswith(("recommend__", "satisfied__", "times__"))]
    why = [pl.when(pl.col(c).is_null()).then(pl.lit("not_asked")).alias(f"{c}__why") for c in tried]
    answers = answers.with_columns(why)
    plan = brand_plan(answers, codebook)
    rows = brand_rows(answers, codebook, plan).collect().lazy()
    return plan, rows, rows.filter(pl.col("_wave") == LAST), answers


@pytest.fixture(scope="module")
def said(codebook, opened):
    plan, rows, now, _ = opened
    profile = brand.image(now, plan, draws=0).profile
    return findings(brand.candidate_claims(rows, plan, profile, wave=LAST, previous=BEFORE), codebook)


def test_planted_figures_are_found(opened):
    plan, _, now, _ = opened
    table = brand.headline(now, plan).set_index(["metric", "brand", "item"])["estimate"]
    for (code, stage), share in PLANTED["reach"].items():
        assert table["reach", code, stage] == pytest.approx(share)
    for code, score in PLANTED["nps"].items():
        assert table["nps", code, "recommend"] == pytest.approx(score, abs=0.5)


def test_planted_claims_are_made_and_of_changes_and_image_no_others(said):
    rows = claims(said)
    changes = {(r.group, r.item) for r in rows[rows["kind"] == "change"].itertuples()}
    assert changes == PLANTED["changes"]
    image = {(r.group, r.item, np.sign(r.difference)) for r in rows[rows["kind"] == "image"].itertuples()}
    assert image == PLANTED["image"]
    assert PLANTED["rivals"] <= {(r.group, r.item) for r in rows[rows["kind"] == "rival"].itertuples()}


def test_sentences_name_brand_figure_and_size(said, codebook):
    rows = claims(said)
    one = rows[(rows["kind"] == "change")].iloc[0].to_dict()
    assert brand_sentence(one, codebook).startswith(
        "青禾的“考虑购买” 38.0%，较2026年第二季度显著下降 9.0 个百分点（95% 置信区间"
    )
    lag = rows[(rows["kind"] == "rival") & (rows["group"] == "bailu") & (rows["item"] == "recommend")].iloc[0].to_dict()
    assert brand_sentence(lag, codebook).startswith("青禾的净推荐值 NPS 30.0 分，显著低于白鹭（48.1 分）18.1 分")
    weak = rows[(rows["kind"] == "image") & (rows["item"] == "young") & (rows["group"] == OWN)].iloc[0].to_dict()
    assert "“年轻有活力”" in brand_sentence(weak, codebook) and "显著低于" in brand_sentence(weak, codebook)
    assert "significantly down 9.0 percentage points since Q2 2026" in brand_sentence(one, codebook, "en")
    advice = brand_suggestions(said, codebook, OWN)
    assert "考虑购买" in advice[0] and "年轻有活力" in advice[1]


def test_noise_makes_no_claims(codebook):
    """20 samples of pure noise: any claim in at most 4 (99.7 % binomial bound of 5 %)."""
    with_claim = 0
    for seed in range(20):
        answers = brand_noise(seed)
        plan = brand_plan(answers, codebook)
        rows = brand_rows(answers, codebook, plan).collect().lazy()
        profile = brand.image(rows.filter(pl.col("_wave") == LAST), plan, draws=0).profile
        table = findings(brand.candidate_claims(rows, plan, profile, wave=LAST, previous=BEFORE), codebook)
        with_claim += len(claims(table)) > 0
    assert with_claim <= 4


def test_drivers_find_what_preference_was_made_of(opened):
    plan, _, now, _ = opened
    table = brand.preference_drivers(now, plan, draws=100)
    assert table["item"].iloc[0] == "trusted"
    assert table.set_index("item").loc["trusted", "stands"]


def test_tracking_needs_time(opened):
    plan, rows, _, _ = opened
    assert brand.tracking(rows, plan) is None  # six months
    weekly = brand.tracking(rows, plan, period="week")
    assert {"aided", "considered"} <= set(weekly["item"])
    assert weekly["smoothed"].notna().any()
    assert (weekly["metric"] == "share").any()


def test_limits_come_from_the_time_before_the_newest_wave(opened):
    """Consideration falls by 9 points in the newest wave: the centre stays where the wave before was."""
    plan, rows, _, _ = opened
    weekly = brand.tracking(rows, plan, period="week")
    centre = weekly.loc[weekly["item"] == "considered", "centre"].iloc[0]
    assert centre == pytest.approx(47, abs=1)


def test_pictures_hold_every_brand_and_labels_do_not_meet(opened, codebook, said):
    plan, rows, now, _ = opened
    table = brand.headline(now, plan)
    fig = charts.funnel_chart(table[table["metric"].isin(["reach", "conversion"])], codebook=codebook)
    assert "青禾" in str([t.get_text() for t in fig.axes[0].get_legend().get_texts()])
    image = brand.image(now, plan, draws=50)
    picture = images.brand_map(image.regions, image.map.axes, codebook=codebook)
    words = {t.get_text() for t in picture.axes[0].texts}
    assert {"青禾", "南屏", "清爽不腻", "高端"} <= words
    assert "不足 70%" not in picture.cemlab_note
    poor = image.map.axes.assign(percent=[40.0, 20.0, 20.0, 20.0])
    assert "不足 70%" in images.brand_map(image.regions, poor, codebook=codebook).cemlab_note
    heat = images.image_heat(image.profile, codebook=codebook)
    assert "青禾 清爽不腻" in heat.cemlab_alt
    waves = brand.headline(rows, plan, by="_wave")
    lines = charts.brand_lines(waves[(waves["metric"] == "reach") & (waves["item"] == "aided")], codebook=codebook)
    assert "青禾 72.0" in lines.cemlab_alt


def test_forty_labels_in_a_crowd_do_not_cover_one_another():
    from matplotlib.figure import Figure

    rng = np.random.default_rng(1)
    fig = Figure(figsize=(9, 6.4))
    ax = fig.add_axes((0.1, 0.1, 0.88, 0.88))
    spots = rng.normal(size=(40, 2))
    ax.plot(*spots.T, "o")
    boxes = placed_labels(fig, ax, [(f"attribute {i}", {"size": 8}) for i in range(40)], spots.tolist())
    covered = [(i, j) for i in range(40) for j in range(i) if overlap(boxes[i], boxes[j]) > 0]
    assert len(covered) <= 1, covered


@pytest.mark.parametrize(
    "change, words",
    [
        ("users: sipped", "brand_questions.users: 'sipped' is no question"),
        ("users: fresh", "'fresh' is no stage of the funnel"),
        ("users: gender", "no option or row of 'gender' is among the brands"),
    ],
)
def test_a_codebook_that_names_the_wrong_question_is_told(root, change, words):
    text = (root / "data" / "codebooks" / "brand_health.yml").read_text(encoding="utf-8")
    with pytest.raises(CodebookError, match=words):
        parse_codebook(text.replace("users: regular", change))


def test_small_words():
    assert signed_gap(-9.04, "percent", "zh") == "−9.0 个百分点"
    assert signed_gap(0.01, "percent", "zh") == "0.0 个百分点"
    assert charts.short("Southern Fried Chicken") == "Southern …"
