"""Real brand studies: the published table of cola perceptions, and two studies all the way to a report."""

import pandas as pd
import polars as pl
import pytest

from cemlab.codebook import load_codebook
from cemlab.collect.ingest import ingest
from cemlab.report.render import render
from cemlab.report.study import notebook_of
from cemlab.store import scan


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A team's folder of its own, for all tests here."""
    folder = tmp_path_factory.mktemp("brands")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMLAB_HOME", str(folder))
        patch.setenv("CEMLAB_KEY", str(folder / "secret.key"))
        patch.delenv("CEMLAB_LAKE", raising=False)
        yield folder


def test_all_238_cells_of_the_published_table(shared, root, home):
    """RD34: Q5 counted by brand and word gives the maker's own table, cell by cell."""
    codebook = root / "tests" / "real" / "rd34_brand.yml"
    ingest([shared / "data" / "brand" / "RD34_Data_4.sav"], codebook)
    book = load_codebook(codebook)
    words, brands = list(book.brand_questions.image), [*book.brands, "none_of_these"]
    sums = scan(book).select(pl.col([f"{w}__{b}" for w in words for b in brands]).sum()).collect()
    counted = pd.DataFrame([[sums[f"{w}__{b}"][0] for w in words] for b in brands])
    published = pd.read_csv(shared / "data" / "brand" / "colaperceptionslarge.csv", index_col=0)
    assert published.size == counted.size == 238
    assert [w.lower().replace(".", "_") for w in published.columns] == words
    assert (counted.to_numpy() == published.to_numpy()).all()
    out = render(notebook_of("brand_health"), parameters={"codebook": str(codebook), "lang": "en"}, out=home / "rd34")
    table = pd.read_csv(out / "results.csv")
    image = table[(table["part"] == "image") & (table["brand"] == "coke")].set_index("item")
    assert image.loc["traditional", "estimate"] == pytest.approx(100 * 302 / 327)
    assert "Traceback" not in (out / "report.html").read_text(encoding="utf-8")


def test_the_fast_food_tracker(shared, root, home):
    """Ten quarters, weighted: levels agree with a plain weighted count of the file."""
    import pyreadstat

    codebook = root / "tests" / "real" / "burger_brand.yml"
    source = shared / "data" / "brand" / "Burger_Brand_Tracking_Dec_2017.sav"
    ingest([source], codebook)
    out = render(notebook_of("brand_health"), parameters={"codebook": str(codebook)}, out=home / "burger")
    table = pd.read_csv(out / "results.csv", dtype={"_wave": str})
    answers, _ = pyreadstat.read_sav(source, usecols=["date", "wgt", "Q1_7", "Q2_2"])
    last = answers[pd.to_datetime(answers["date"]) >= "2017-10-01"]
    rows = table[(table["part"] == "headline") & (table["metric"] == "reach")].set_index(["brand", "item"])["estimate"]
    for column, key in (("Q1_7", ("arnold", "aware")), ("Q2_2", ("chef", "month"))):
        assert rows[key] == pytest.approx(100 * (last[column] * last["wgt"]).sum() / last["wgt"].sum())
    waves = table[(table["part"] == "waves") & (table["metric"] == "reach") & (table["brand"] == "chef")]
    assert waves["_wave"].nunique() == 10
    trend = table[(table["part"] == "trend") & (table["item"] == "month")]
    assert trend["at"].nunique() == 30
