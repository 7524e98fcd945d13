"""The product sample from its exports to a report: what was planted is said, and of the concepts nothing else."""

import re

import numpy as np
import pandas as pd
import pytest

from cemlab.collect.ingest import ingest
from cemlab.paths import codebooks_folder
from cemlab.report.render import render
from cemlab.report.study import notebook_of
from cemlab.sample_study import make_sample
from cemlab.simulate_product import PLANTED


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of the product sample's report, made in a home of its own; few draws of the models of persons."""
    home = tmp_path_factory.mktemp("product_team")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMLAB_HOME", str(home))
        patch.setenv("CEMLAB_KEY", str(home / "secret.key"))
        patch.delenv("CEMLAB_LAKE", raising=False)
        codebook = codebooks_folder() / "product_concept.yml"
        ingest(make_sample(["product_concept"]), codebook)
        values = {"codebook": str(codebook), "draws": 100}
        yield render(notebook_of("product_concept"), parameters=values, out=home / "report")


def test_the_claims_are_those_planted(folder):
    table = pd.read_csv(folder / "findings.csv")
    said = table[table["verdict"] == "claim"]
    made = {(r.group, r.item, int(np.sign(r.difference))) for r in said[said["kind"] == "concept"].itertuples()}
    assert made == PLANTED["claims"]
    assert said[said["kind"] == "lift"]["item"].tolist() == [f"appeal__{PLANTED['lift']}"]
    row = said[said["kind"] == "sales"].iloc[0]
    assert row["difference_low"] < 9 < row["difference_high"]


def test_planted_figures_are_found(folder):
    table = pd.read_csv(folder / "results.csv", low_memory=False)

    def part(name, metric=None):
        rows = table[table["part"] == name]
        return rows if metric is None else rows[rows["metric"] == metric]

    intent = part("scores", "top_box").query("item == 'intent'").set_index("concept")["estimate"]
    assert intent.to_dict() == pytest.approx(PLANTED["intent"])
    best = part("ladder_optimum", "revenue_price")["estimate"].iloc[0]
    assert best == 5
    shares = part("items_scores", "share").set_index("item")["estimate"]
    assert (shares.idxmax(), shares.idxmin()) == ("taste", "gift")
    utility = part("conjoint_utilities", "utility").set_index("item")["estimate"]
    assert utility["price=7"] < utility["price=6"] < utility["price=5"] < 0 < utility["flavour=jasmine"]
    better = part("kano_estimates", "better").set_index("item")["estimate"]
    for feature, kind in PLANTED["kano"].items():
        assert (better[feature] > 50) == (kind in "AO")
    for rule in ("share", "first", "randomised"):
        assert part(f"market_{rule}")["estimate"].sum() == pytest.approx(100)
    assert not any(c in table for c in ("_respondent", "_person", "number"))


def test_the_page_tells_it_and_asks_nothing_of_the_network(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "茉莉冷泡茶" in page
    assert "显著高于" in page
    assert re.findall(r"""(?:src|href|url|action)\s*[=(]\s*["']?(?:https?:)?//[^"'\s)>]+""", page) == []
    headings = (
        "上市哪个：决策表",
        "概念测试",
        "喜欢什么，不喜欢什么",
        "价格",
        "功能与卖点",
        "选择型联合分析",
        "口味测试",
        "新包装",
    )
    for heading in headings:
        assert heading in page
