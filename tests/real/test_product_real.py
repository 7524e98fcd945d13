"""Real product studies all the way to a report: a concept test, conjoint in three layouts, best-worst, just-about-right."""

import re

import pandas as pd
import pytest

from cemlab.collect.ingest import ingest
from cemlab.report.render import render
from cemlab.report.study import notebook_of


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A team's folder of its own, for all tests here."""
    folder = tmp_path_factory.mktemp("products")
    (folder / "data" / "designs").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMLAB_HOME", str(folder))
        patch.setenv("CEMLAB_KEY", str(folder / "secret.key"))
        patch.delenv("CEMLAB_LAKE", raising=False)
        yield folder


@pytest.fixture
def reported(root, home):
    """`reported(name, file)` takes a file in and renders it: (results, page)."""

    def make(name, file, lang="en"):
        codebook = root / "tests" / "real" / f"{name}.yml"
        ingest([file], codebook)
        out = render(
            notebook_of("product_concept"), parameters={"codebook": str(codebook), "lang": lang}, out=home / name
        )
        return pd.read_csv(out / "results.csv", low_memory=False), (out / "report.html").read_text(encoding="utf-8")

    return make


def figures(table, part, **match):
    rows = table[table["part"] == part]
    for column, value in match.items():
        rows = rows[rows[column] == value]
    return rows


def test_the_door_lock(shared, reported):
    """300 qualified of 575; 93 would buy (31.0 %), 70 at the price (23.3 %)."""
    table, page = reported("ilock", shared / "data" / "concept" / "iLockAll.sav")
    rows = figures(table, "scores", metric="top_box").set_index("item")
    assert rows.loc["buy", "n"] == 300
    assert rows.loc["buy", "estimate"] == pytest.approx(31.0)
    assert rows.loc["priced", "estimate"] == pytest.approx(100 * 70 / 300)
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert any("Concept test" in h for h in headings)
    assert not any(
        part in h for h in headings for part in ("Taste", "pack", "Price", "conjoint")
    )  # parts it lacks leave no trace


def test_just_about_right(shared, home, reported):
    """Mean liking 6.660, 5.891, 7.174; penalties against "jar" as published, over all products."""
    import rdata

    frame = rdata.read_rda(shared / "data" / "concept" / "JAR.rda")["JAR"]
    frame.astype(object).to_csv(home / "jar.csv", index=False, encoding="utf-8")
    table, page = reported("jar", home / "jar.csv")
    means = figures(table, "tasted", metric="mean").set_index(
        figures(table, "tasted", metric="mean")["product"].astype(str)
    )["estimate"]
    assert means.to_dict() == pytest.approx({"284": 6.660, "859": 5.891, "972": 7.174}, abs=0.0005)
    whole = table[(table["part"] == "jar") & (table["product"].astype(str) == "(all)")].set_index("side")
    published = {
        "text_pasassez": (-1.318, 84),
        "fluide_t": (-1.155, 73),
        "OdFruit_t": (-2.652, 7),
        "sucre_pasassez": (-1.116, 29),
    }
    for side, (penalty, n) in published.items():
        assert whole.loc[side, "penalty"] == pytest.approx(-penalty, abs=0.0005)
        assert whole.loc[side, "n"] == n
