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
    """`reported(name, file, **parameters)` takes a file in and renders it: (results, page)."""

    def make(name, file, **parameters):
        codebook = root / "tests" / "real" / f"{name}.yml"
        ingest([file], codebook)
        values = {"codebook": str(codebook), "lang": "en", **parameters}
        out = render(notebook_of("product_concept"), parameters=values, out=home / name)
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


def test_eggs_with_their_design(shared, home, reported):
    """Log-likelihood -2973.186 (equal chances -3339.781); utilities as published, first level 0."""
    design = pd.read_excel(shared / "data" / "concept" / "eggs_design.xlsx", engine="openpyxl", dtype=str)
    design = design.drop(columns="Task").rename(columns={"Question": "Task"}).rename(columns=str.lower)
    design = design.assign(price=design["price"].str.removesuffix(" dollars"))
    design.to_csv(home / "data" / "designs" / "eggs.csv", index=False, encoding="utf-8")
    table, page = reported("eggs", shared / "data" / "concept" / "eggs.sav", draws=100)
    assert "-2,973.186 (-3,339.781)" in page
    found = figures(table, "conjoint_utilities").set_index("item")["estimate"]
    published = {
        "price=3": -0.256, "price=4": -1.176, "price=5": -1.747, "price=6": -2.421, "quality=Free Range": 1.340,
        "quality=Barn Raised": 0.702, "weight=70g": 0.752,
    }  # fmt: skip
    assert found[list(published)].to_dict() == pytest.approx(published, abs=0.0005)
    assert "Free range 1.34 [" in page  # drawn: means of utilities, of the model for all while chains have not met
    for rule in ("share", "first", "randomised"):
        assert figures(table, f"market_{rule}")["estimate"].sum() == pytest.approx(100)
    demand = figures(table, "price_path", metric="demand").sort_values("at")["estimate"]
    assert demand.iloc[0] > demand.iloc[-1]


def test_electricity_in_rows_of_offers(shared, home, reported):
    """Conditional logit of 4,308 choices: -4958.649."""
    rows = pd.read_csv(shared / "data" / "concept" / "electricity.csv.gz")
    rows.to_csv(home / "electricity.csv", index=False, encoding="utf-8")
    table, page = reported("electricity", home / "electricity.csv")
    assert "-4,958.649" in page
    found = figures(table, "conjoint_utilities").set_index("item")["estimate"]
    published = {"pf": -0.6252, "cl": -0.1083, "loc": 1.4422, "wk": 0.9955, "tod": -5.4628, "seas": -5.8400}
    assert found.to_dict() == pytest.approx(published, abs=0.00005)


def test_heating_in_columns(shared, home, reported):
    """mlogit, depvar ~ ic + oc | 0: -0.00623187 (0.00035277), -0.00458008 (0.00032216), -1095.2."""
    rows = pd.read_csv(shared / "data" / "concept" / "heating_data.csv.gz")
    rows.to_csv(home / "heating.csv", index=False, encoding="utf-8")
    table, page = reported("heating", home / "heating.csv")
    assert "-1,095.2" in page
    found = figures(table, "conjoint_utilities").set_index("item")["estimate"]
    assert found.to_dict() == pytest.approx({"ic": -0.00623187, "oc": -0.00458008}, abs=5e-9)


SHOWN = ("variety price taste milling", "origin variety price washfree", "origin variety safety milling",
         "variety taste safety washfree", "origin price taste safety", "price safety washfree milling",
         "origin taste washfree milling")  # fmt: skip


def test_rice_best_and_worst(shared, home, reported):
    """Counts and the logit (wash-free 0) as published; shares .0984 .0961 .2376 .2013 .2520 .0317 .0829."""
    import rdata

    design = [(t, p, item) for t, shown in enumerate(SHOWN, 1) for p, item in enumerate(shown.split(), 1)]
    design = pd.DataFrame(design, columns=["task", "position", "item"])
    design.to_csv(home / "data" / "designs" / "rice.csv", index=False, encoding="utf-8")
    frame = rdata.read_rda(shared / "data" / "concept" / "ricebws1.rda")["ricebws1"]
    frame.drop(columns=["age", "hp", "chem"]).astype(int).to_csv(home / "rice.csv", index=False, encoding="utf-8")
    table, page = reported("rice", home / "rice.csv", draws=100)
    scores = figures(table, "items_scores")
    utility = scores[scores["metric"] == "utility"].set_index("item")["estimate"]
    published = {"origin": 1.13096, "variety": 1.10765, "price": 2.01292, "taste": 1.84700, "safety": 2.07194, "milling": 0.96028}  # fmt: skip
    base = utility.get("washfree", 0.0)
    assert {i: utility.get(i, 0.0) - base for i in published} == pytest.approx(published, abs=0.000005)
    share = scores[scores["metric"] == "share"].set_index("item")["estimate"]
    assert share["safety"] == pytest.approx(25.20, abs=0.01)
    assert share["washfree"] == pytest.approx(3.17, abs=0.01)
    assert "Wash-free" in page
