"""Hotel and shop reviews through the report on reviews; their files hold no dates, so sources are compared only."""

import gzip
import zipfile

import pandas as pd
import polars as pl

from cemlab.codebook import load_codebook
from cemlab.collect import draft_codebook
from cemlab.collect.ingest import ingest
from cemlab.report.render import render
from cemlab.report.study import notebook_of


def rendered(name, path, root, home):
    codebook = root / "tests" / "real" / f"{name}.yml"
    ingest([path], codebook)
    return render(notebook_of("word_of_mouth"), parameters={"codebook": str(codebook)}, out=home / name)


def test_hotel_reviews_agree_with_their_label(shared, root, home):
    """5,322 praise, 2,444 blame: what the program reads lies far apart between them."""
    path = home / "hotel.csv"
    path.write_bytes(gzip.decompress((shared / "data/text_zh/ChnSentiCorp_htl_all.csv.gz").read_bytes()))
    out = rendered("hotel_reviews", path, root, home)
    table = pd.read_csv(out / "results.csv", dtype={"judged": str})
    groups = table[(table["part"] == "net_sentiment_groups") & (table["judged"] != "(all)")].set_index("judged")
    assert groups.loc["1", "estimate"] > 50 and groups.loc["0", "estimate"] < -50
    assert "评论不带日期" in (out / "report.html").read_text(encoding="utf-8")


def test_shop_reviews_by_category(shared, root, home):
    """Every tenth of 62,774 reviews, all ten categories."""
    archive = zipfile.ZipFile(shared / "data/text_zh/online_shopping_10_cats.zip")
    path = home / "shop.csv"
    pl.read_csv(archive.read(archive.namelist()[0]))[::10].write_csv(path)
    out = rendered("shop_reviews", path, root, home)
    table = pd.read_csv(out / "results.csv")
    assert table.loc[table["part"] == "net_sentiment_groups", "cat"].nunique() == 10


def test_a_drafted_codebook_needs_no_editing(shared, home):
    """Hotel reviews with their label: drafted, taken in, rendered; the program agrees with 92.9 % of the labels."""
    path = home / "raw_hotel.csv"
    path.write_bytes(gzip.decompress((shared / "data/text_zh/ChnSentiCorp_htl_all.csv.gz").read_bytes()))
    codebook = home / "drafted.yml"
    codebook.write_text(draft_codebook(path), encoding="utf-8")
    book = load_codebook(codebook)
    assert (book.study, book.lexicon) == ("word_of_mouth", "hotel")
    ingest([path], codebook)
    out = render(notebook_of("word_of_mouth"), parameters={"codebook": str(codebook)}, out=home / "drafted")
    table = pd.read_csv(out / "results.csv", dtype=str)
    agreement = table.loc[table["part"] == "label_agreement", "estimate"].astype(float)
    assert len(agreement) == 1 and 90 < agreement.iloc[0] < 96
    assert "未作比较检验" in (out / "report.html").read_text(encoding="utf-8")
