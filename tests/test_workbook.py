"""The workbook, its guard and the other files: opened again and read, nothing a formula, few persons unseen."""

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pytest

from cemlab.codebook import parse_codebook
from cemlab.measure.tables import crosstab
from cemlab.report.banner_table import banner_table
from cemlab.report.labels import Labels
from cemlab.report.table_exports import write_answers, write_results
from cemlab.report.table_guard import banner_persons, guarded
from cemlab.report.table_layout import layouts, notes
from cemlab.report.workbook import write_workbook

EVIL = '=HYPERLINK("http://x")'
BOOK = parse_codebook("""
study: brand_health
name: book
title: 册
columns:
  sex: {role: segment, title: {zh: 性别, en: Sex}, options: {1: {zh: 男, en: Male}, 2: {zh: 女, en: Female}, 3: {zh: 其他, en: Other}}}
  seen: {role: question, title: {zh: "@看过吗"}, wording: {zh: -您看过吗？}, options: {y: {zh: "=1+1"}, n: {zh: +没有}}}
  recommend: {role: nps, title: {zh: 推荐, en: Recommend}, scale: {low: 0, high: 10}}
  like: {role: question, type: matrix, title: {zh: 喜爱}, scale: {low: 1, high: 5}, rows: {x: {zh: 一}, y: {zh: 二}}}
  buys: {role: question, type: multiple, title: {zh: 购买}, options: {a: {zh: 甲}, b: {zh: 乙}}}
  w: {role: weight, title: {zh: 权重}}
""")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    n = 300
    sex = np.array(["1"] * 150 + ["2"] * 146 + ["3"] * 4)
    return pl.DataFrame(
        {
            "sex": sex,
            "seen": np.where(rng.random(n) < np.where(sex == "1", 0.8, 0.3), "y", "n"),
            "recommend": rng.integers(0, 11, n).astype(float),
            "like__x": rng.integers(1, 6, n).astype(float),
            "like__y": rng.integers(1, 6, n).astype(float),
            "buys__a": rng.integers(0, 2, n).astype(float),
            "buys__b": rng.integers(0, 2, n).astype(float),
            "w": rng.uniform(0.5, 2, n),
        }
    )


def tables(data, banner=("sex",), questions=("seen", "recommend", "like"), **options):
    table = crosstab(data, list(questions), list(banner), codebook=BOOK, **options)
    return guarded(table, banner_persons(data, list(banner), BOOK, person=None))


def test_the_workbook_reads_back(data, tmp_path):
    laid = layouts(tables(data, weights="w"), codebook=BOOK, weighted=True)
    path = write_workbook(
        laid, tmp_path / "t.xlsx", title=EVIL, notes=[EVIL, *notes(Labels(BOOK), weights="w")], counts=True
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["目录", "T01", "T02", "T03"]
    front, first = book["目录"], book["T01"]
    assert front["A4"].hyperlink.location == "'T01'!A1" and front["A1"].value == EVIL
    assert (first["A2"].value, first["A3"].value) == ("@看过吗", "-您看过吗？")
    rows = {first.cell(row, 1).value: row for row in range(10, first.max_row + 1)}
    total = first.cell(rows["=1+1"], 2)
    answers = data.filter(pl.col("seen") == "y")["w"].sum() / data["w"].sum()
    assert total.value == pytest.approx(answers) and total.number_format == "0.0%"
    assert first.cell(rows["=1+1"] + 1, 2).value == (data["seen"] == "y").sum()
    assert first.cell(rows["=1+1"] + 2, 3).value == "↑"  # men above the others; the letter of a hidden column is gone
    assert first.cell(rows["样本量 n（未加权）"], 2).value == 300
    assert first.freeze_panes == "C10" and first.page_setup.orientation == "landscape"
    assert first.print_title_rows == "$7:$9" and "&P" in first.oddFooter.center.text


def test_no_cell_is_a_formula(data, tmp_path):
    path = write_workbook(layouts(tables(data), codebook=BOOK), tmp_path / "t.xlsx", title=EVIL, notes=[EVIL])
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
    texts = [cell for cell in cells if isinstance(cell.value, str)]
    assert {cell.data_type for cell in texts} == {"s"}
    dangerous = [cell for cell in texts if cell.value.startswith(("=", "+", "-", "@"))]
    assert dangerous and all(cell.quotePrefix for cell in dangerous)


def test_few_persons_are_hidden_and_cannot_be_worked_out(data):
    """Four others: hidden, and with them the smaller of the two columns beside, since the total is shown."""
    table = tables(data)
    seen = table[table["row"] == "y"].set_index("column")
    assert seen["status"].to_dict() == {"(all)": "ok", "1": "ok", "2": "hidden", "3": "hidden"}
    assert seen.loc[["2", "3"], ["estimate", "count", "p_rest", "count_weighted"]].isna().all().all()
    assert (seen.loc[["2", "3"], ["above", "rest"]] == "").all().all()
    assert "B" not in seen.loc["1", "above"] and "C" not in seen.loc["1", "above"]


def test_unknown_groups_blur_what_could_be_worked_out(data):
    """With 20 more whose sex is unknown the total less the columns shown leaves 24: nothing else is hidden."""
    more = data.head(20).with_columns(pl.lit(None, pl.String).alias("sex"))
    seen = tables(pl.concat([data, more]))
    seen = seen[seen["row"] == "y"].set_index("column")
    assert seen["status"].to_dict() == {"(all)": "ok", "1": "ok", "2": "ok", "3": "hidden"}


def test_persons_are_counted_in_every_kind_of_banner(data):
    persons = banner_persons(data, ["sex", "buys", "sex*seen"], BOOK, person=None).set_index(["banner", "column"])
    assert persons.loc[("sex", "3"), "persons"] == 4
    assert persons.loc[("buys", "a"), "persons"] == data["buys__a"].sum()
    both = data.filter((pl.col("sex") == "1") & (pl.col("seen") == "y")).height
    assert persons.loc[("sex*seen", "1 / y"), "persons"] == both


def test_html_is_escaped_and_marked(data):
    laid = layouts(tables(data.with_columns(pl.lit("<img>").alias("seen")), questions=["seen"]), codebook=BOOK)
    html = banner_table(laid[0]).html
    assert "&lt;img&gt;" in html and "<img" not in html and "—" in html


def test_both_languages(data):
    laid = layouts(tables(data, questions=["recommend"]), codebook=BOOK, lang="en")
    labels = [line.label for line in laid[0].lines]
    assert "Net Promoter Score (points)" in labels and laid[0].heads[0].label == "Total"


def test_results_as_csv_and_parquet(data, tmp_path):
    table = tables(data).assign(text=EVIL)
    raw = write_results(table, tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(tmp_path / "t.csv", keep_default_na=False)
    assert set(back["text"]) == {"'" + EVIL}
    again = pd.read_parquet(write_results(table, tmp_path / "t.parquet"))
    assert again["estimate"].to_numpy() == pytest.approx(table["estimate"].to_numpy(), nan_ok=True)


def test_answers_as_labelled_sav(data, tmp_path):
    import pyreadstat

    held = data.with_columns(pl.lit("k").alias("_key"), pl.lit("p").alias("_person"), pl.lit("2025").alias("_wave"))
    frame, meta = pyreadstat.read_sav(write_answers(held.lazy(), BOOK, tmp_path / "a.sav"))
    assert not [name for name in frame.columns if "key" in name or "person" in name]
    assert meta.variable_value_labels["sex"] == {1.0: "男", 2.0: "女", 3.0: "其他"}
    assert meta.column_names_to_labels["like__x"] == "喜爱：一" and meta.column_names_to_labels["buys__a"] == "购买：甲"
    assert frame["recommend"].tolist() == data["recommend"].to_list()
    assert frame["seen"].tolist() == data["seen"].to_list()


def test_answers_as_csv_hold_labels(data, tmp_path):
    text = write_answers(data, BOOK, tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    head = text.splitlines()[0]
    assert "性别" in head and "'@看过吗" in head and "'=1+1" in text


def test_rows_of_persons_never_go_to_the_reports(data, tmp_path, monkeypatch):
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="do not belong into the folder of reports"):
        write_answers(data, BOOK, tmp_path / "reports" / "x" / "a.csv")


def test_wrong_names_are_told(data, tmp_path):
    laid = layouts(tables(data), codebook=BOOK)
    with pytest.raises(ValueError, match=r"'t.xls' does not end in .xlsx"):
        write_workbook(laid, tmp_path / "t.xls", title="", notes=[])
    with pytest.raises(ValueError, match="no tables given"):
        write_workbook([], tmp_path / "t.xlsx", title="", notes=[])
    with pytest.raises(ValueError, match=r"write_results: `suffix` is '.txt'"):
        write_results(tables(data), tmp_path / "t.txt")
