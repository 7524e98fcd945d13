"""The sample study holds exactly what it says it holds."""

import polars as pl
import pytest

from cemlab.sample_files import write_service_sample
from cemlab.simulate import FALLEN, PLANTED, SEGMENTS, TOUCHPOINTS, noise_answers, service_answers, shipped_reviews


@pytest.fixture(scope="module")
def answers():
    return service_answers()


def share(data, column, codes):
    given = data.filter(pl.col(column).is_not_null() & (pl.col(column) != 9 if column in TOUCHPOINTS else pl.lit(True)))
    return 100 * given[column].is_in([float(code) for code in codes]).mean()


def nps(data):
    return share(data, "recommend", [9, 10]) - share(data, "recommend", range(7))


@pytest.mark.parametrize("wave", ["2026Q2", "2026Q3"])
def test_headlines_are_exact(answers, wave):
    part = answers.filter(wave=wave)
    assert nps(part) == pytest.approx(PLANTED["nps"][wave])
    assert share(part, "overall", [4, 5]) == pytest.approx(PLANTED["satisfied"][wave])


def test_only_breakfast_falls(answers):
    for name, (_, boxes) in TOUCHPOINTS.items():
        for wave in ("2026Q2", "2026Q3"):
            planted = 100 * FALLEN.get((wave, name), boxes)
            assert share(answers.filter(wave=wave), name, [4, 5]) == pytest.approx(planted, abs=0.6), (name, wave)


def test_only_purpose_matters(answers):
    now = answers.filter(wave="2026Q3")
    for purpose, planted in PLANTED["purpose_nps"].items():
        assert nps(now.filter(purpose=purpose)) == pytest.approx(planted)
    for segment in SEGMENTS:
        for code in now[segment].unique():
            group = now.filter(pl.col(segment) == code)
            assert abs(nps(group) - 22) < 3, (segment, code)


def test_the_seed_moves_respondents_not_figures(answers):
    other = service_answers(seed=7)
    assert not other.equals(answers)
    assert nps(other.filter(wave="2026Q3")) == pytest.approx(22)
    assert service_answers().equals(answers)


def test_noise_holds_no_planted_difference():
    part = pl.concat([noise_answers(seed) for seed in range(8)])
    low, high = (nps(part.filter(_wave=wave)) for wave in ("2026Q2", "2026Q3"))
    assert abs(low - high) < 4 * 100 * (2 * 0.6 / 9600) ** 0.5


def test_comments_are_hotel_reviews_without_numbers_of_persons():
    for side in ("pos", "neg"):
        texts = shipped_reviews(side)
        assert len(texts) > 500
        assert texts == sorted(set(texts))


def test_the_export_looks_like_the_tool_wrote_it(tmp_path):
    first, second = write_service_sample(tmp_path)
    assert first.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pl.read_csv(second, infer_schema=False)
    assert len(table) == 1254
    assert table["1、是否同意将答卷用于服务改进"].value_counts().sort("count").rows() == [
        ("不同意", 30),
        ("同意", 1224),
    ]
    assert (
        table["12、请评价以下环节(早餐)"]
        .is_in(["很不满意", "不满意", "一般", "满意", "很满意", "未使用", "(空)"])
        .all()
    )
    again = write_service_sample(tmp_path / "again")
    assert again[1].read_bytes() == second.read_bytes()
