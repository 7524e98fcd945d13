"""The audit: figures by hand, coverage of the corrected share by simulation, missing and wrong labels."""

import numpy as np
import pandas as pd
import pytest

from cemlab.checks import DataError
from cemlab.text.prevalence import corrected_net, sentiment_shares
from cemlab.text.sentiment_audit import OPINIONS, abstain_band, draw_gold, sentiment_audit


def gold_frame(said, true, probability=None, stratum=None, size=None):
    n = len(said)
    return pd.DataFrame(
        {
            "probability": [{"positive": 0.9, "neutral": 0.5, "negative": 0.1}[s] for s in said]
            if probability is None
            else probability,
            "label": said,
            "stratum": [0] * n if stratum is None else stratum,
            "stratum_size": [1000] * n if size is None else size,
            "gold": true,
        }
    )


P, N, U = "positive", "negative", "neutral"


def test_accuracy_recall_and_precision_by_hand():
    """Ten comments: 8 right; of 5 negative 4 found, of 4 called negative 4 are."""
    frame = gold_frame([P] * 5 + [N] * 4 + [U], [P] * 4 + [N] + [N] * 4 + [P])
    got = sentiment_audit(frame).set_index(["metric", "item"])["estimate"]
    assert got["accuracy", ""] == pytest.approx(80)
    assert got["recall", N] == pytest.approx(80) and got["precision", N] == pytest.approx(100)
    assert got["recall", P] == pytest.approx(80) and np.isnan(got["recall", U])


def test_bands_count_by_their_size():
    """90 of 100 comments lie in a band that is always right, 10 in one that is always wrong: accuracy 90 %."""
    frame = gold_frame([P, P, N, N], [P, P, P, P], stratum=[0, 0, 1, 1], size=[90, 90, 10, 10])
    row = sentiment_audit(frame).iloc[0]
    assert row["estimate"] == pytest.approx(90) and row["n"] == 4 and row["ci_low"] < 90 <= row["ci_high"]


def test_uncorrected_says_so():
    rows = sentiment_shares(pd.DataFrame({"label": [N, P, P, "none"]}))
    assert (
        set(rows["method"]) == {"uncorrected"}
        and rows["n"].tolist() == [3] * 3
        and rows["n_missing"].tolist() == [1] * 3
    )
    assert rows.set_index("item")["estimate"].sum() == pytest.approx(100)


def test_rogan_gladen_by_hand():
    """Sensitivity 0.8, specificity 0.9, said 38 %: (0.38 + 0.9 - 1) / 0.7 = 40 %."""
    frame = gold_frame([N] * 8 + [P] * 2 + [N] + [P] * 9, [N] * 10 + [P] * 10)
    data = pd.DataFrame({"label": [N] * 38 + [P] * 62})
    row = sentiment_shares(data, frame, method="rogan_gladen").set_index("item").loc[N]
    assert row["estimate"] == pytest.approx(40)


def test_a_perfect_engine_is_left_alone():
    frame = gold_frame([N, P] * 20, [N, P] * 20)
    data = pd.DataFrame({"label": [N] * 30 + [P] * 70})
    row = sentiment_shares(data, frame).set_index("item").loc[N]
    assert row["estimate"] == pytest.approx(30)


@pytest.mark.parametrize("method", ["prediction_powered", "rogan_gladen"])
def test_the_corrected_share_covers_the_truth(method):
    """An engine with 75 % recall and 15 % false alarms on a truth of 40 %: about 95 of 100 intervals hold it, uncorrected none."""
    rng = np.random.default_rng(5)
    held, plain = 0, 0
    for _ in range(60):
        true = rng.random(4000) < 0.4
        said = np.where(true, rng.random(4000) < 0.75, rng.random(4000) < 0.15)
        label, truth = np.where(said, N, P), np.where(true, N, P)
        rows = np.concatenate([rng.choice(np.flatnonzero(said == s), 100, replace=False) for s in (True, False)])
        frame = gold_frame(
            label[rows],
            truth[rows],
            stratum=said[rows].astype(int),
            size=np.where(said[rows], said.sum(), (~said).sum()),
        )
        data = pd.DataFrame({"label": label})
        row = sentiment_shares(data, frame, method=method).set_index("item").loc[N]
        held += row["ci_low"] <= 40 <= row["ci_high"]
        row = sentiment_shares(data).set_index("item").loc[N]
        plain += row["ci_low"] <= 40 <= row["ci_high"]
    assert 0.88 <= held / 60
    assert plain / 60 < 0.88


def test_groups_keep_their_rows_and_an_empty_one_is_not_estimable():
    data = pd.DataFrame({"label": [N, P, "none"], "shop": ["a", "a", "b"]})
    rows = sentiment_shares(data, by="shop")
    assert rows["shop"].tolist() == ["a"] * 3 + ["b"] * 3
    assert rows.loc[rows["shop"] == "b", "status"].tolist() == ["not_estimable"] * 3


def test_the_band_leaves_out_what_the_engine_does_not_know():
    """Right below 0.2 and above 0.8, a coin in between."""
    p = np.repeat([0.1, 0.3, 0.7, 0.9], 20)
    true = [N] * 20 + [N, P] * 20 + [P] * 20
    low, high = abstain_band(gold_frame(np.where(p > 0.5, P, N), true, probability=p), target=0.95)
    assert 0.1 < low <= 0.3 and 0.7 <= high < 0.9
    assert abstain_band(gold_frame([N] * 20, [P, N] * 10), target=0.9) == (0.0, 1.0)


def test_the_draw_is_masked_stratified_and_repeatable():
    pytest.importorskip("snownlp")
    texts = [f"第{i}单{'很好' if i % 3 else '很差'}，电话1380013{i:04d}" for i in range(300)] + ["", None]
    gold = draw_gold(texts, n=40, strata=4)
    assert len(gold) == 40 and gold["stratum"].value_counts().tolist() == [10] * 4
    assert not gold["text"].str.contains("1380013").any() and gold["gold"].isna().all()
    assert gold.equals(draw_gold(texts, n=40, strata=4)) and gold["stratum_size"].iloc[0] == 75
    assert not set(gold["row"]) & {300, 301}


def test_errors():
    with pytest.raises(DataError, match=r"sentiment_audit: none of 2 rows has a gold label"):
        sentiment_audit(gold_frame([P, N], [None, None]))
    with pytest.raises(DataError, match=r"sentiment_audit: gold labels must be one of .*1 of 2 are not"):
        sentiment_audit(gold_frame([P, N], [P, "meh"]))
    with pytest.raises(ValueError, match=r"draw_gold: n=5 must give each of the 10 bands at least 2"):
        draw_gold(["好"], n=5)
    with pytest.raises(ValueError, match=r"sentiment_shares: `method` is 'magic'"):
        sentiment_shares(pd.DataFrame({"label": [P]}), method="magic")
    assert OPINIONS == ("positive", "neutral", "negative")


def engine_gold(rng, true, recall, false_alarms, size, groups=None):
    """Labels of an engine with the given error rates, and a sample of `size` from each label."""
    said = np.where(true, rng.random(len(true)) < recall, rng.random(len(true)) < false_alarms)
    label, truth = np.where(said, N, P), np.where(true, N, P)
    rows = np.concatenate([rng.permutation(np.flatnonzero(said == s))[:size] for s in (True, False)])
    sizes = np.where(said[rows], said.sum(), (~said).sum())
    frame = gold_frame(label[rows], truth[rows], stratum=said[rows].astype(int), size=sizes)
    return label, frame if groups is None else frame.assign(shop=groups[rows])


@pytest.mark.parametrize("method", ["prediction_powered", "rogan_gladen"])
def test_a_sample_without_errors_does_not_prove_that_there_are_none(method):
    """An engine with 1 % false alarms on a truth of 3 %: 100 labelled comments often show no error, and the interval holds."""
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(60):
        label, frame = engine_gold(rng, rng.random(5000) < 0.03, 0.95, 0.01, 50)
        row = sentiment_shares(pd.DataFrame({"label": label}), frame, method=method).set_index("item").loc[N]
        held += row["ci_low"] <= 3 <= row["ci_high"]
    assert held >= 55


def test_groups_read_worse_are_corrected_by_their_own_errors():
    """Half the comments from a shop whose dialect the engine misses: shared errors mislead both shops, own errors do not."""
    rng = np.random.default_rng(9)
    held = {True: 0, False: 0}
    shop = np.repeat(["a", "b"], 2000)
    for _ in range(40):
        true = rng.random(4000) < 0.4
        label, frame = engine_gold(rng, true, np.where(shop == "a", 0.95, 0.3), 0.05, 150, groups=shop)
        data = pd.DataFrame({"label": label, "shop": shop})
        for own in held:
            gold = frame if own else frame.drop(columns="shop")
            row = sentiment_shares(data, gold, by="shop").set_index(["shop", "item"]).loc[("b", N)]
            held[own] += row["ci_low"] <= 40 <= row["ci_high"]
    assert held[True] >= 36 > 20 > held[False]
    assert row["method"] == "rogan_gladen"


def test_groups_that_differ_in_share_keep_their_difference():
    """Truths of 20 and 60 %, the same error rates, one sample for both without its shop: the shared mean error would shrink
    the difference, the shared error rates do not.
    """
    rng = np.random.default_rng(10)
    held, apart = 0, []
    shop = np.repeat(["a", "b"], 3000)
    for _ in range(40):
        label, frame = engine_gold(rng, rng.random(6000) < np.where(shop == "a", 0.2, 0.6), 0.85, 0.1, 100)
        rows = sentiment_shares(pd.DataFrame({"label": label, "shop": shop}), frame, by="shop").set_index("item").loc[N]
        held += sum((rows["ci_low"] <= [20, 60]) & (rows["ci_high"] >= [20, 60]))
        apart.append(rows["estimate"].iloc[1] - rows["estimate"].iloc[0])
    assert held >= 72 and abs(np.mean(apart) - 40) < 2


def test_small_groups_share_the_error_and_drawn_comments_carry_their_group():
    pytest.importorskip("snownlp")
    texts = [f"第{i}单{'很好' if i % 3 else '很差'}" for i in range(300)]
    groups = pd.DataFrame({"shop": ["a"] * 280 + ["b"] * 20})
    gold = draw_gold(texts, n=60, strata=4, groups=groups)
    assert (gold["shop"] == groups["shop"].to_numpy()[gold["row"]]).all()
    data = pd.DataFrame({"label": [P] * 300}).join(groups)
    rows = sentiment_shares(data, gold.assign(gold=P), by="shop")
    assert set(rows.loc[rows["shop"] == "a", "method"]) == {"prediction_powered, by group"}
    assert set(rows.loc[rows["shop"] == "b", "method"]) == {"rogan_gladen"}
    with pytest.raises(ValueError, match="`groups` has 299 rows for 300 comments"):
        draw_gold(texts, groups=groups.head(299))


def test_rogan_gladen_refuses_where_the_engine_hardly_tells():
    frame = gold_frame([N] * 9 + [P] * 11 + [N] * 8 + [P] * 12, [N] * 20 + [P] * 20)
    rows = sentiment_shares(pd.DataFrame({"label": [N] * 40 + [P] * 60}), frame, method="rogan_gladen")
    assert rows.set_index("item").loc[N, "status"] == "not_estimable"


def test_corrected_shares_add_up_and_the_net_is_their_difference():
    """Twenty of forty labelled in two bands by hand; whatever the errors, three shares make 100 and two of them the net."""
    rng = np.random.default_rng(5)
    said = rng.choice([P, U, N], 200, p=[0.5, 0.1, 0.4])
    true = np.where(rng.random(200) < 0.8, said, rng.choice([P, U, N], 200))
    gold = gold_frame(said, true, stratum=(said == N).astype(int), size=np.where(said == N, 400, 600))
    data = pd.DataFrame({"label": rng.choice([P, U, N], 1000, p=[0.5, 0.1, 0.4])})
    shares = sentiment_shares(data, gold).set_index("item")["estimate"]
    assert shares.sum() == pytest.approx(100)
    net = corrected_net(data, gold).iloc[0]
    assert net["estimate"] == pytest.approx(shares[P] - shares[N]) and net["ci_low"] < net["estimate"] < net["ci_high"]
    assert net[["metric", "item", "unit", "n"]].tolist() == ["net_sentiment", "opinion", "points", 1000]


def test_the_corrected_net_holds_the_truth_as_often_as_it_says():
    """An engine that reads a fifth of the praise as blame; 150 labels a time; 95 % intervals of both methods."""
    rng, held = np.random.default_rng(6), {"all": 0, "groups": 0}
    for _ in range(120):
        true = np.where(rng.random(3000) < 0.6, P, N)
        said = np.where((true == P) & (rng.random(3000) < 0.2), N, true)
        rows = np.concatenate([rng.choice(np.flatnonzero(said == side), 75, replace=False) for side in (P, N)])
        gold = gold_frame(
            said[rows],
            true[rows],
            stratum=(said[rows] == N).astype(int),
            size=[int((said == s).sum()) for s in said[rows]],
        )
        data = pd.DataFrame({"label": said, "shop": rng.integers(0, 2, 3000)})
        for name, by in (("all", None), ("groups", "shop")):
            row = corrected_net(data, gold, by=by).iloc[0]
            held[name] += row["ci_low"] <= 20 <= row["ci_high"]
    assert held["all"] >= 108 and held["groups"] >= 108, held


def test_a_net_that_cannot_be_corrected_has_no_figure():
    """The engine never calls anything right that the group's share could be solved by."""
    gold = gold_frame([P, N] * 20, [N, P] * 20)
    rows = corrected_net(pd.DataFrame({"label": [P, N] * 50, "shop": ["a", "b"] * 50}), gold, by="shop")
    assert set(rows["status"]) == {"not_estimable"} and rows["estimate"].isna().all()
