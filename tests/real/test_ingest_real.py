"""Real answers from file to scan, against what the data's README and code list say."""

import json

import polars as pl
import pytest

from cemlab import store
from cemlab.checks import DataError
from cemlab.codebook import load_codebook, parse_codebook
from cemlab.collect.ingest import ingest

WAVES = {"2014": 2818, "2015": 2958, "2016": 3087, "2017": 2831}


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake and a key of their own."""
    folder = tmp_path_factory.mktemp("real")
    patch = pytest.MonkeyPatch()
    patch.setenv("CEMLAB_KEY", str(folder / "key"))
    yield folder / "lake"
    patch.undo()


@pytest.fixture(scope="module")
def book(root):
    return lambda name: load_codebook(root / "tests" / "real" / f"{name}.yml")


@pytest.fixture(scope="module")
def sfo(shared, lake, book):
    """The four waves; gives the summaries."""
    files = {wave: shared / "data" / "service" / f"sfo_customer_survey_{wave}.csv" for wave in WAVES}
    return {wave: ingest(path, book("sfo"), wave=wave, lake=lake, progress=False) for wave, path in files.items()}


def test_sfo_rows_of_every_wave(sfo, lake, book):
    assert {wave: (s.rows, s.added, s.refused) for wave, s in sfo.items()} == {w: (n, n, {}) for w, n in WAVES.items()}
    counted = store.scan(book("sfo"), lake=lake).group_by("_wave").len().collect()
    assert dict(counted.rows()) == WAVES
    assert store.waves_present(book("sfo"), lake=lake) == list(WAVES)


def test_sfo_net_promoter_score(sfo, lake, book):
    """README of the data, computed there once: n 2746, 39.84 unweighted, 40.40 weighted."""
    data = store.scan(book("sfo"), "2017", lake=lake).filter(pl.col("recommend").is_not_null())
    points = pl.when(pl.col("recommend") >= 9).then(100).when(pl.col("recommend") <= 6).then(-100).otherwise(0)
    weighted = (points * pl.col("weight")).sum() / pl.col("weight").sum()
    n, plain, with_weights = data.select(pl.len(), points.mean().alias("p"), weighted.alias("w")).collect().row(0)
    assert n == 2746
    assert plain == pytest.approx(39.84, abs=0.005)
    assert with_weights == pytest.approx(40.40, abs=0.005)


@pytest.mark.parametrize(
    "wave, plain, weighted",
    [("2014", 3.996, 4.007), ("2015", 4.048, 4.044), ("2016", 4.038, 4.053), ("2017", 4.064, 4.071)],
)
def test_sfo_overall_rating(sfo, lake, book, wave, plain, weighted):
    """README of the data: means of the codes 1 to 5, unweighted and weighted, three decimals."""
    data = store.scan(book("sfo"), wave, lake=lake).filter(pl.col("overall").is_not_null())
    with_weights = (pl.col("overall") * pl.col("weight")).sum() / pl.col("weight").sum()
    found = data.select(pl.col("overall").mean(), with_weights.alias("w")).collect().row(0)
    assert found == pytest.approx((plain, weighted), abs=0.0005)


def test_sfo_why_an_answer_is_missing(sfo, lake, book):
    """Counted in the raw files: NETPRO 2017 has 84 elevens and one blank; Q7ALL 2016 has 133 zeros and 35 sixes."""
    data = store.scan(book("sfo"), lake=lake)
    why = data.group_by("_wave", "recommend__why").len().collect().rows()
    assert set(why) == {("2014", "not_asked", 2818), ("2015", "not_asked", 2958), ("2016", "not_asked", 3087)} | {
        ("2017", None, 2746),
        ("2017", "no_answer", 85),
    }
    overall = data.filter(pl.col("_wave") == "2016").group_by("overall__why").len().collect().rows()
    assert dict(overall) == {None: 2919, "no_answer": 133, "not_applicable": 35}
    blank = data.filter(pl.col("_wave") == "2017").group_by("overall__why").len().collect().rows()
    assert dict(blank) == {None: 2688, "no_answer": 143}


def test_sfo_age_drifts_from_codes_to_words(sfo, lake, book):
    """Counted in the raw files: '25-34' 754 times in 2016, code 3 656 times in 2017."""
    counted = store.scan(book("sfo"), lake=lake).group_by("_wave", "age").len().collect()
    ages = {(wave, age): n for wave, age, n in counted.rows()}
    assert (ages["2016", "3"], ages["2017", "3"], ages["2014", "3"]) == (754, 656, 668)
    assert {age for _, age in ages} == {None, *"1234567"}
    assert ages["2016", "1"] == 1 and ages["2016", None] == 110 + 14


def test_sfo_dates_of_every_format(sfo, lake, book):
    days = (
        store.scan(book("sfo"), lake=lake)
        .group_by("_wave")
        .agg(pl.col("_date").min().cast(pl.String).alias("first"), pl.col("_date").max().cast(pl.String).alias("last"))
    )
    found = {wave: (first, last) for wave, first, last in days.collect().rows()}
    assert found["2017"] == ("2017-05-05", "2017-05-30")
    assert found["2016"] == ("2016-05-06", "2016-05-24")
    assert found["2014"] == ("2014-05-03", "2014-05-25")


def test_sfo_weekdays_agree_with_the_file(sfo, shared, lake, book):
    """The 2017 file writes the weekday beside the day of the month: the month taken from the wave fits all but two rows."""
    raw = pl.read_csv(shared / "data" / "service" / "sfo_customer_survey_2017.csv", infer_schema=False)
    days = {"MON": 1, "TUE": 2, "WED": 3, "THUR": 4, "FRI": 5, "SAT": 6, "SUN": 7}
    wanted = raw.select(pl.format("2017/{}", "RESPNUM").alias("_key"), pl.col("DAY").replace_strict(days).alias("d"))
    met = store.scan(book("sfo"), "2017", lake=lake).collect().join(wanted, on="_key")
    assert len(met) == 2831
    assert (met["_date"].dt.weekday() == met["d"]).sum() == 2829


def test_sfo_code_that_the_codebook_does_not_know(shared, root, tmp_path, monkeypatch):
    """Without 11 under `missing` the summary reports it, the answers stay as coded, and nothing is guessed."""
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "key"))
    text = (root / "tests" / "real" / "sfo.yml").read_text(encoding="utf-8")
    known = "    missing: {11: no_answer}  # 84 records\n"
    assert known in text
    book = parse_codebook(text.replace(known, ""))
    path = shared / "data" / "service" / "sfo_customer_survey_2017.csv"
    summary = ingest(path, book, wave="2017", lake=tmp_path / "lake", progress=False)
    assert summary.unknown["recommend"] == {"11": 84}
    assert any("recommend：代码本未定义的取值 11 (84)，已原样保存" in line for line in summary.lines("zh"))
    kept = store.scan(book, lake=tmp_path / "lake").filter(pl.col("recommend") == 11).collect()
    assert len(kept) == 84


def test_sfo_needs_its_wave(shared, lake, book):
    path = shared / "data" / "service" / "sfo_customer_survey_2015.csv"
    with pytest.raises(DataError, match=r"Say .* with `wave`"):
        ingest(path, book("sfo"), lake=lake.parent / "other", progress=False)


def test_mobiles(shared, lake, book):
    """README of the data: 453 promoters, 147 detractors of 895, NPS 34.19; Q12_5 is missing for 137."""
    path = shared / "data" / "service" / "Mobiles_feedback_4_weeks.sav"
    summary = ingest(path, book("mobiles"), lake=lake, progress=False)
    assert (summary.rows, summary.added, summary.unknown, summary.refused) == (895, 895, {}, {})
    data = store.scan(book("mobiles"), comments=True, lake=lake).collect()
    promoters, detractors = (data["recommend"] >= 9).sum(), (data["recommend"] <= 6).sum()
    assert (promoters, detractors) == (453, 147)
    assert 100 * (promoters - detractors) / len(data) == pytest.approx(34.19, abs=0.005)
    assert data["effort_cancel"].null_count() == 137
    assert data["_person"].null_count() == 895 and data["_key"].n_unique() == 895
    assert data["dislikes"].null_count() == 0 and data["_replicate"].n_unique() > 200
    assert str(data["_date"].min()) == "2019-07-23" and data["_at"].null_count() == 895


def test_bank_repeats_its_persons(shared, lake, book):
    """Counted in the raw file: 391 ids on 854 rows, 42 rows without one; Branch is missing for 494."""
    path = shared / "data" / "service" / "bank_tidied.sav"
    assert ingest(path, book("bank_tidied"), lake=lake, progress=False).added == 896
    data = store.scan(book("bank_tidied"), lake=lake).collect()
    assert data["_person"].drop_nulls().n_unique() == 391 and data["_person"].null_count() == 42
    assert data.group_by("_person").agg(pl.col("_replicate").n_unique()).filter(pl.col("_person").is_not_null())[
        "_replicate"
    ].unique().to_list() == [1]
    assert data["counter"].null_count() == 494 and data["weight"].null_count() == 89


HOBBIES = {"food": 492, "sport": 479, "travel": 478, "film": 461, "reading": 436, "shopping": 425, "music": 294}


@pytest.mark.parametrize("layout", ["text", "numeric"])
def test_wenjuanxing_counts(shared, book, tmp_path, monkeypatch, layout):
    """README of the data, for both layouts."""
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "key"))
    path = shared / "data" / "exports" / f"wjx_800_{layout}.xls"
    summary = ingest(path, book("wjx_800"), lake=tmp_path / "lake", progress=False)
    assert (summary.added, summary.unknown) == (800, {})
    data = store.scan(book("wjx_800"), lake=tmp_path / "lake").collect()
    assert dict(data["gender"].value_counts().rows()) == {"1": 427, "2": 373}
    assert {name: data[f"hobby__{name}"].sum() for name in HOBBIES} == HOBBIES
    assert (data["price"] == "8").sum() == 246


def test_both_layouts_are_the_same_answers(shared, lake, book):
    """The second file brings nothing: 800 answers with the same keys and the same contents."""
    folder = shared / "data" / "exports"
    assert ingest(folder / "wjx_800_text.xls", book("wjx_800"), lake=lake, progress=False).added == 800
    second = ingest(folder / "wjx_800_numeric.xls", book("wjx_800"), lake=lake, progress=False)
    assert (second.added, second.repeated, second.conflicting, second.before, second.after) == (0, 800, 0, 0, 0)


def test_nothing_personal_of_real_files_in_the_summaries(sfo):
    """No zip code, no city of a respondent, no time; column names and counts only."""
    text = json.dumps([summary.lines("zh") + summary.lines("en") for summary in sfo.values()], ensure_ascii=False)
    assert not any(word in text for word in ("94114", "BERKELEY", "MONTREAL", "HILL AIR FORCE"))
