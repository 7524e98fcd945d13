"""Tables of five real data sets, against counts made apart from this code and the maker's own count table."""

import re

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cemlab.codebook import load_codebook
from cemlab.collect.ingest import ingest
from cemlab.measure.tables import crosstab
from cemlab.report.codebook_print import profile_codebook
from cemlab.report.table_set import make_tables
from cemlab.store import scan

FILES = {
    "rd34": ["brand/RD34_Data_4.sav"],
    "burger": ["brand/Burger_Brand_Tracking_Dec_2017.sav"],
    "starbucks": ["exports/google_forms_starbucks.csv"],
    "wjx_800": ["exports/wjx_800_text.xls"],
    "sfo": [f"service/sfo_customer_survey_{year}.csv" for year in (2014, 2015, 2016, 2017)],
}


@pytest.fixture(scope="module")
def book(root, shared, tmp_path_factory):
    """`book(name)` gives the codebook of a real set whose files are in the store."""
    home, taken = tmp_path_factory.mktemp("home"), {}
    patch = pytest.MonkeyPatch()
    patch.setenv("CEMLAB_HOME", str(home))
    patch.setenv("CEMLAB_LAKE", str(home / "lake"))

    def take(name):
        path = root / "tests" / "real" / f"{name}.yml"
        if name not in taken:
            for file in FILES[name]:
                wave = file[-8:-4] if name == "sfo" else None
                ingest([shared / "data" / file], path, wave=wave)
            taken[name] = load_codebook(path)
        return taken[name]

    yield take
    patch.undo()


def shares(table, **where):
    """Rows of a table that fit, by code."""
    for name, value in where.items():
        table = table[table[name] == value]
    return table.set_index("row")


def test_personality_counts_are_the_makers(book, shared):
    """colaperceptionslarge.csv of flipExampleData: 7 brands x 34 words, all 238 counts."""
    rd34 = book("rd34")
    made = pd.read_csv(shared / "data" / "brand" / "colaperceptionslarge.csv", index_col=0)
    questions = [name for name in rd34.columns if name.startswith("image_")]
    table = crosstab(scan(rd34), questions, [], codebook=rd34)
    mine = table[table["metric"] == "share"].pivot(index="question", columns="row", values="count").loc[questions]
    words = list(rd34.columns["image_coke"].options)
    assert made.shape == (7, 34)
    by_word = {re.sub("[^a-z]+", "_", word.lower()): word for word in made.columns}
    assert mine[words].to_numpy() == pytest.approx(made[[by_word[word] for word in words]].to_numpy(float))


def test_cola_types_of_question(book, shared):
    import pyreadstat

    raw, _ = pyreadstat.read_sav(shared / "data" / "brand" / "RD34_Data_4.sav")
    rd34 = book("rd34")
    table = crosstab(scan(rd34), ["liking", "preference", "children", "drink"], "gender", codebook=rd34)
    total = table[table["banner"] == "(all)"]
    coke = raw["Q6_A"][raw["Q6_A"] > 1]
    assert shares(total, item="liking__coke", metric="mean").loc["mean", "estimate"] == pytest.approx(coke.mean())
    assert shares(total, item="liking__coke", metric="top_box").loc["top_box", "count"] == (coke >= 5).sum()
    assert shares(total, item="preference__1", metric="ranked_first").loc["first", "count"] == (raw["Q7_0"] == 1).sum()
    assert shares(total, item="preference__1", metric="ranked_first").loc["first", "n"] == 162
    assert shares(total, question="children", metric="share").loc["c0", "n"] == 138
    assert (shares(total, question="children")["n_missing"] == 0).all()  # all others were not asked
    weekly = shares(total, item="drink__cola", metric="net").loc["weekly", "count"]
    assert weekly == (raw["Q4_A"] >= 6).sum()


def test_burger_is_weighted(book, shared):
    import pyreadstat

    raw, _ = pyreadstat.read_sav(shared / "data" / "brand" / "Burger_Brand_Tracking_Dec_2017.sav")
    burger = book("burger")
    data = scan(burger)
    table = crosstab(data, ["list_1", "party", "times_arnold"], ["gender", "list_1"], codebook=burger, weights="weight")
    total, men = table[table["banner"] == "(all)"], table[(table["banner"] == "gender") & (table["column"] == "1")]
    w = raw["wgt"]
    expected = 100 * (w * (raw["Q1_2"] == 1)).sum() / w.sum()
    assert shares(total, question="list_1", metric="share").loc["chef", "estimate"] == pytest.approx(expected, rel=1e-9)
    of_men = raw["S2"] == 1
    expected = 100 * (w * (raw["Q1_2"] == 1))[of_men].sum() / w[of_men].sum()
    assert shares(men, question="list_1", metric="share").loc["chef", "estimate"] == pytest.approx(expected, rel=1e-9)
    n_eff = w[of_men].sum() ** 2 / (w[of_men] ** 2).sum()
    assert shares(men, question="list_1", metric="share").loc["chef", "n_eff"] == pytest.approx(n_eff, rel=1e-9)
    times = raw["Q5_7"].dropna()
    mean = np.average(times, weights=w[times.index])
    assert shares(total, item="times_arnold").loc["mean", "estimate"] == pytest.approx(mean, rel=1e-9)
    overlapping = table[
        (table["banner"] == "list_1") & (table["question"] == "times_arnold") & (table["row"] == "mean")
    ]
    assert len(overlapping) == 15 and overlapping["letter"].str.len().eq(1).all()


def test_wenjuanxing_counts(book):
    wjx = book("wjx_800")
    table = crosstab(scan(wjx), ["gender", "hobby", "price"], "gender", codebook=wjx)
    total = table[table["banner"] == "(all)"]
    sex = shares(total, question="gender")["count"]
    hobby = shares(total, question="hobby", metric="share")["count"]
    assert (sex["1"], sex["2"]) == (427, 373)
    found = [hobby[one] for one in ("food", "sport", "travel", "film", "reading", "shopping", "music")]
    assert found == [492, 479, 478, 461, 436, 425, 294]
    assert shares(total, question="price").loc["8", "count"] == 246


def test_airport_waves_side_by_side(book):
    sfo = book("sfo")
    made = make_tables(sfo_path(sfo), banner=["_wave"], questions=["recommend"], period="year")
    nps = made.table[(made.table["metric"] == "nps") & (made.table["column"] == "2017")].iloc[0]
    assert (nps["n"], nps["estimate"]) == (2746, pytest.approx(40.40, abs=0.005))
    plain = make_tables(sfo_path(sfo), questions=["recommend"], weights="none")
    assert plain.table.loc[plain.table["metric"] == "nps", "estimate"].iloc[0] == pytest.approx(39.84, abs=0.005)
    periods = made.periods[(made.periods["reference"] == "previous") & (made.periods["metric"] == "top_box")]
    assert (periods["period"] == "2017").all() and (periods["status"] == "ok").any()


def sfo_path(codebook):
    """The path of a codebook of this folder."""
    from pathlib import Path

    return Path(__file__).parent / f"{codebook.name}.yml"


@pytest.mark.parametrize("name", list(FILES))
def test_every_set_becomes_a_workbook(book, name, tmp_path):
    codebook = book(name)
    segments = [c.name for c in codebook.of_role("segment") if c.type == "single"][:2]
    made = make_tables(sfo_path(codebook), banner=segments)
    path = made.write(tmp_path / "t.xlsx")
    opened = openpyxl.load_workbook(path)
    assert len(opened.sheetnames) == 1 + len(made.layouts) and made.layouts
    assert made.table.loc[made.table["unit"] == "percent", "estimate"].dropna().between(0, 100).all()
    hidden = made.table[made.table["status"] == "hidden"]
    assert hidden[["estimate", "count", "p_rest"]].isna().all().all()


@pytest.mark.parametrize("name", ["starbucks", "rd34"])
def test_the_codebook_print_counts_everybody(book, name):
    codebook = book(name)
    found, wrong = profile_codebook(scan(codebook), codebook)
    n = scan(codebook).select("_key").collect().height
    single = [c.name for c in codebook.of_role("segment", "question") if c.type == "single"]
    assert (found[found["question"].isin(single)].groupby("question")["n"].sum() == n).all()
    assert not (wrong["kind"] == "off").any()


def test_the_command_writes_every_kind_of_file(book, tmp_path):
    from typer.testing import CliRunner

    from cemlab.cli import app

    codebook = str(sfo_path(book("starbucks")))
    out = [tmp_path / f"t.{kind}" for kind in ("xlsx", "csv", "parquet", "sav")]
    arguments = ["tables", codebook, "-b", "gender", "-b", "gender*card", "-b", "promotions", "--counts"]
    done = CliRunner().invoke(app, [*arguments, *(part for path in out for part in ("-o", str(path)))])
    assert done.exit_code == 0, done.output
    assert all(path.stat().st_size > 1000 for path in out)
    printed = CliRunner().invoke(app, ["codebook", "print", codebook])
    assert "f 女  65  53.3%" in printed.output


def test_the_notebook_shows_the_same_tables(book, root, tmp_path):
    from cemlab.report.render import render

    wjx = book("wjx_800")
    values = {"codebook": str(sfo_path(wjx)), "banner": ["gender"], "questions": ["hobby", "price"]}
    folder = render(root / "notebooks" / "tables.ipynb", parameters=values, out=tmp_path / "report")
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "兴趣爱好" in html and "59.9%" in html  # 479 of 800 do sports
    results = pd.read_csv(folder / "results.csv")
    sport = results[(results["row"] == "sport") & (results["column"] == "(all)")].iloc[0]
    assert (sport["n"], sport["estimate"]) == (800, pytest.approx(100 * 479 / 800))
    assert openpyxl.load_workbook(folder / "tables.xlsx").sheetnames[1:] == ["T01", "T02"]
