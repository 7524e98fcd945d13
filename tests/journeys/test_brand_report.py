"""The brand sample from its exports to a report: what was planted is said, and of changes and images nothing else."""

import re

import numpy as np
import pandas as pd
import pytest

from cemlab.sample_study import report_samples
from cemlab.simulate_brand import PLANTED


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of the brand sample's report, made in a home of its own."""
    home = tmp_path_factory.mktemp("brand_team")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMLAB_HOME", str(home))
        patch.setenv("CEMLAB_KEY", str(home / "secret.key"))
        patch.delenv("CEMLAB_LAKE", raising=False)
        (page,) = report_samples(say=lambda line: None, studies=["brand_health"])
        yield page.parent


def test_the_claims_are_those_planted(folder):
    table = pd.read_csv(folder / "findings.csv")
    said = table[table["verdict"] == "claim"]
    changes = {(r.group, r.item) for r in said[said["kind"] == "change"].itertuples()}
    assert changes == PLANTED["changes"]
    image = {(r.group, r.item, np.sign(r.difference)) for r in said[said["kind"] == "image"].itertuples()}
    assert image == PLANTED["image"]
    assert PLANTED["rivals"] <= {(r.group, r.item) for r in said[said["kind"] == "rival"].itertuples()}


def test_weighting_moves_planted_figures_by_less_than_a_point(folder):
    """Weights follow city tier and gender, which have nothing to do with the answers."""
    table = pd.read_csv(folder / "results.csv", low_memory=False)
    rows = table[(table["part"] == "headline") & (table["metric"] == "reach")].set_index(["brand", "item"])["estimate"]
    for key, share in PLANTED["reach"].items():
        assert rows[key] == pytest.approx(share, abs=1.0)
    parts = set(table["part"])
    assert {"headline", "waves", "change", "rival", "image", "mental", "index", "cuts", "voice", "duplication"} <= parts
    assert {"values", "value_gaps", "premium", "outcomes"} <= parts
    gaps = table[(table["part"] == "value_gaps") & (table["p_adjusted"] < 0.05)]
    assert set(zip(gaps["brand"], gaps["item"], strict=True)) == {("bailu", "green")}  # the one planted


def test_the_page_tells_it_and_asks_nothing_of_the_network(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "青禾的“考虑购买”" in page and "显著下降" in page
    assert "数据已按常住城市、性别的边际加权" in page
    assert re.findall(r"""(?:src|href|url|action)\s*[=(]\s*["']?(?:https?:)?//[^"'\s)>]+""", page) == []
    assert "198.51.100" not in page
    for heading in (
        "知名度与品牌漏斗",
        "品牌形象",
        "品牌竞争力",
        "文化与价值观",
        "什么与偏好相关",
        "口碑",
        "体验与经营（O+X）",
        "品牌健康指数",
        "追踪",
    ):
        assert heading in page
