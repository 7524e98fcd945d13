"""A study held in memory as small codes gives the figures that its scan gives."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from cemlab.measure import compact as compacting
from cemlab.measure import packed_counts as packing
from cemlab.measure.compact import apart, compact
from cemlab.measure.moments import counts, cross_moments, moments
from cemlab.measure.persons import distinct_persons
from cemlab.measure.scores import mean_score, nps, top_box
from cemlab.measure.table_counts import Block, Item, table_counts

WHYS = [None, "no_answer", "not_applicable", "not_asked"]


def answers():
    """Ten answers with every kind of gap."""
    return pl.DataFrame(
        {
            "_key": [f"k{i}" for i in range(10)],
            "_person": ["p", "p", "q", None, None, "r", "s", "t", "u", "v"],
            "score": [10.0, 9.0, None, 0.0, 7.0, None, None, 10.0, 6.0, 8.0],
            "score__why": [None, None, "no_answer", None, None, "not_asked", "not_applicable", None, None, None],
            "amount": [1.5, 2.0, None, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
            "team": ["a", "b", None, "a", "b", "b", "a", "a", None, "b"],
            "w": [1.0, 2.0, 0.5, 1.0, 1.0, 0.25, 1.0, 3.0, 1.0, 1.0],
        }
    ).with_columns(_date=pl.date_range(pl.date(2026, 2, 26), pl.date(2026, 3, 7), eager=True))


def same(data, call):
    """Both frames of a call: on the scan and on the compact form."""
    plain, small = call(data.lazy()), call(compact(data.lazy()))
    keys = [c for c in plain.columns if c not in ("n", "w", "w2", "estimate", "se", "ci_low", "ci_high")]
    keys = [c for c in keys if plain[c].dtype != float or c == "value"]
    order = {"by": keys, "na_position": "last", "kind": "stable", "ignore_index": True}
    options = {"check_dtype": False, "rtol": 1e-12, "atol": 1e-12}
    assert_frame_equal(plain.sort_values(**order), small.sort_values(**order), **options)
    return small


def test_types_are_narrow_and_nothing_is_lost():
    data = answers()
    small = compact(data.lazy()).collect()
    assert small.schema["score"] == pl.Int8
    assert small.schema["amount"] == pl.Float64  # 1.5 is no whole number
    assert isinstance(small.schema["team"], pl.Enum) and isinstance(small.schema["score__why"], pl.Enum)
    for name in ("score", "amount", "team", "score__why", "_date"):
        assert small[name].cast(data.schema[name]).to_list() == data[name].to_list()
    assert small["_person"].null_count() == 2 and small["_person"].drop_nulls().n_unique() == 7
    assert small["_key"].n_unique() == 10


def test_by_hand():
    table = counts(compact(answers().lazy()), "score", by="team", weights="w")
    cell = table[(table["team"] == "a") & (table["value"] == 10)].iloc[0]
    assert (cell["n"], cell["w"], cell["w2"]) == (2, 4.0, 10.0)
    gap = table[(table["team"] == "a") & table["value"].isna()].iloc[0]
    assert gap["why"] == "not_applicable" and gap["n"] == 1
    assert table["n"].sum() == 10


@pytest.mark.parametrize("by", [[], ["team"], ["_date"], ["team", "_date"]])
@pytest.mark.parametrize("weights", [None, "w"])
def test_counts_agree_with_those_of_the_scan(by, weights):
    assert packing.packed_counts is not None
    same(answers(), lambda data: counts(data, ["score", "score"][:1], by=by, weights=weights))
    same(answers(), lambda data: counts(data, ["score", "team"], by=[c for c in by if c != "team"], weights=weights))


def test_the_packed_way_is_taken(monkeypatch):
    """Were it never taken, the comparisons above would compare a thing with itself."""
    taken = []
    real = packing.packed_counts

    def watched(*args):
        taken.append(real(*args))
        return taken[-1]

    monkeypatch.setattr("cemlab.measure.moments.packed_counts", watched)
    counts(compact(answers().lazy()), "score", by="team")
    counts(answers(), "score", by="team")
    counts(compact(answers().lazy()), "amount", by="team")
    assert [one is not None for one in taken] == [True, False, False]


@pytest.mark.parametrize("by", [None, "team"])
def test_scores_and_other_reductions_agree(by):
    same(answers(), lambda data: nps(data, "score", by=by, weights="w"))
    same(answers(), lambda data: top_box(data, "score", by=by, scale=(0, 10), top=[9, 10]))
    same(answers(), lambda data: mean_score(data, "score", by=by, scale=(0, 10)))
    same(answers(), lambda data: moments(data, ["score", "amount"], by=by, weights="w"))
    same(answers(), lambda data: distinct_persons(data, by, items="score"))
    sums = [cross_moments(frame, ["score", "amount"]) for frame in (answers().lazy(), compact(answers().lazy()))]
    assert sums[0]["products"] == pytest.approx(sums[1]["products"])


rows = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-3, 12)), st.sampled_from(WHYS[1:]), st.sampled_from([None, "x", "y", "(z)"])
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_any_answers_count_the_same(table):
    data = pl.DataFrame(
        {
            "q": [None if value is None else float(value) for value, _, _ in table],
            "q__why": [why if value is None else None for value, why, _ in table],
            "g": [group for _, _, group in table],
        },
        schema={"q": pl.Float64, "q__why": pl.String, "g": pl.String},
    )
    same(data, lambda frame: counts(frame, "q", by="g"))
    same(data, lambda frame: counts(frame, "g"))


def test_missing_and_empty():
    nobody = answers().head(0)
    assert len(counts(compact(nobody.lazy()), "score", by="team")) == 0
    silent = answers().with_columns(score=pl.lit(None, pl.Float64))
    same(silent, lambda data: counts(data, "score", by="team"))
    spelled = answers().with_columns(team=pl.lit("(missing)"))  # a group called as the missing are called
    same(spelled, lambda data: counts(data, "score", by="team"))


def test_weights_are_guarded_as_ever():
    bad = answers().with_columns(w=pl.when(pl.col("_key") == "k3").then(None).otherwise(pl.col("w")))
    with pytest.raises(ValueError, match="w"):
        counts(compact(bad.lazy()), "score", weights="w")
    negative = answers().with_columns(w=pl.when(pl.col("_key") == "k3").then(-1.0).otherwise(pl.col("w")))
    with pytest.raises(ValueError, match="w"):
        counts(compact(negative.lazy()), "score", weights="w")


def test_many_texts_and_wide_numbers_stay_as_they_are():
    wide = pl.DataFrame({"big": [1.0, 2.0e6], "name": ["a", "b"]})
    assert compact(wide.lazy()).collect().schema["big"] == pl.Float64
    many = pl.DataFrame({"name": [f"n{i}" for i in range(10_001)]})
    assert compact(many.lazy()).collect().schema["name"] == pl.String


def test_a_whole_study_says_the_same_from_memory(tmp_path, monkeypatch):
    """Every frame that the service report is made of: claims, segments, drivers, quality, journey."""
    from cemlab.analyse import touchpoint_drivers as drivers
    from cemlab.analyse import touchpoints as study
    from cemlab.collect.ingest import ingest
    from cemlab.paths import codebooks_folder
    from cemlab.report import study as opening
    from cemlab.sample_files import write_service_sample

    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "home" / "key"))
    monkeypatch.setenv("CEMLAB_LAKE", str(tmp_path / "lake"))
    codebook = codebooks_folder() / "service_touchpoints.yml"
    ingest(write_service_sample(tmp_path / "tool"), codebook)

    def frames(large):
        monkeypatch.setattr(opening, "LARGE", large)
        opened = opening.open_study(codebook)
        held = opened.now.collect_schema()["recommend"] == pl.Int8
        out = {"headline": study.headline(opened.now, opened.codebook, **opened.design)}
        claims = {"segments": opened.segments, "wave": opened.wave, "previous": opened.previous}
        out |= study.candidate_claims(opened.data, opened.codebook, person=opened.person, **claims, **opened.design)
        out["crossed"] = study.touchpoint_segments(opened.now, opened.codebook, opened.segments, **opened.design)
        out["trend"] = study.trend(opened.everything, opened.codebook)
        out["drivers"] = drivers.study_drivers(opened.now, opened.codebook, **opened.design, seed=1).estimates
        return held, {name: opened.shown(frame) if name == "headline" else frame for name, frame in out.items()}

    (scanned, plain), (held, small) = frames(10**9), frames(0)
    assert held and not scanned
    assert plain.keys() == small.keys()
    for name, frame in plain.items():
        assert_frame_equal(frame, small[name], check_dtype=False, rtol=1e-9, atol=1e-9, obj=name)


def test_tables_by_banner_are_the_same():
    def call(data):
        items = [Item("score", ("score",)), Item("amount", ("score",))]
        found = table_counts(data, items, [Block("(all)"), Block("team", ("team",))], weights="w")
        return found.assign(code="").astype({"key": "str"})

    small = same(answers().select("score", "score__why", "team", "w"), call)
    assert small[small["block"] == "(all)"]["unasked"].sum() == 4  # two gaps not asked or not applicable, two items


def test_waves_held_apart_are_the_rows_of_each():
    parts = apart(answers().lazy(), "team", ["b", "a"])
    assert {code: len(part) for code, part in parts.items()} == {"a": 4, "b": 4}
    assert parts["a"].equals(compact(answers().lazy()).collect().filter(pl.col("team") == "a"))


def test_types_fit_every_answer(monkeypatch):
    """One fraction, one number too wide or one NaN decides on the type of the whole column."""
    monkeypatch.setattr(compacting, "SMALL", 200)
    n = 9
    data = pl.DataFrame(
        {
            "narrow": [float(i) for i in range(n)],
            "wider": [1.0] * (n - 1) + [200.0],
            "too_wide": [1.0] * (n - 1) + [201.0],
            "broken": [None, *[2.0] * (n - 2), 2.5],
            "huge": [1e9] + [1.0] * (n - 1),
            "nan": [2.0] * (n - 1) + [float("nan")],
            "word": ["b", None, "a", "b", "d", "c", "b", "b", "a"],
            "empty": pl.Series([None] * n, dtype=pl.String),
            "empty__why": ["no_answer"] * n,
        }
    )
    held = compact(data.lazy()).collect()
    kinds = {"narrow": pl.Int8, "wider": pl.Int16, "too_wide": pl.Float64, "broken": pl.Float64, "nan": pl.Float64}
    kinds["huge"] = pl.Float64
    assert {name: held.schema[name] for name in kinds} == kinds
    assert held.schema["word"] == pl.Enum(["a", "b", "c", "d"]) and held.schema["empty"] == pl.Enum([])
    for name, kind in data.schema.items():
        assert held[name].cast(kind).equals(data[name], null_equal=True) or name == "nan", name
    assert held["nan"].is_nan().to_list() == [False] * (n - 1) + [True]


def test_texts_that_all_differ_stay_texts(monkeypatch):
    monkeypatch.setattr(compacting, "SMALL", 4)
    data = pl.DataFrame({"word": list("abcabcdefg")})
    held = compact(data.lazy()).collect()
    assert held.schema["word"] == pl.String and held.equals(data)


def test_nothing_to_hold():
    held = compact(answers().clear().lazy()).collect()
    assert held.is_empty() and held.columns == answers().columns
