"""What an employee report publishes besides units' scores, attacked: leavers, silence, weights, agreement, later and overlapping reports.

Each attack is first let loose on what an unguarded report would say, where it must win.
"""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from attacks import house
from attacks.attacker import attack, range_of

from cemlab.analyse import employee_exits as left
from cemlab.analyse.turnover import turnover_survival
from cemlab.checks import DataError
from cemlab.measure.schema import ALL
from cemlab.release import leavers
from cemlab.report import employee_index as index
from cemlab.report import employee_participation as who
from cemlab.report import employee_scale as scale
from cemlab.report import employee_turnover as exits
from cemlab.report.employee_report import open_employee

LEAST = 10


# Leavers: everybody knows who left when, and wants to know which band they were in


def leavers_told(shares, days):
    """{(start, end): leavers in all} of every time between two shares of a band: of so many a reader solves who was in the band."""
    out = {}
    for _, rows in shares[shares["estimate"].notna()].groupby("band"):
        ends = [0.0, *sorted(rows["at"])]
        for start, end in zip(ends, ends[1:], strict=False):
            out[start, end] = sum(start < day <= end for day in days)
    return out


def with_leavers(days, bands):
    """120 people of one team, of whom some left after so many days; `bands` are the leavers' scores."""
    rows = house.people({("a", "a1"): 60, ("b", "b1"): 60})
    at = pd.to_datetime("2025-09-03")
    for place, (day, score) in enumerate(zip(days, bands, strict=True)):
        rows.loc[place * 3, "left"] = (at + pd.Timedelta(days=day)).date().isoformat()
        rows.loc[place * 3, "proud"] = score
    return rows


DAYS = [*range(20, 31), 120, *range(200, 215)]  # eleven within three months, one alone in the next three, fifteen later
SCORES = [2, 3, 4, 2, 3, 2, 4, 2, 3, 2, 4, 2, *[2, 3, 4] * 5]


def test_a_leaver_known_to_all_is_not_placed_in_a_band(home):
    book = house.codebook(home, until="2026-10-31")
    house.take_in(home, with_leavers(DAYS, SCORES), book)
    report = open_employee(book)
    people = left.followed(report.scored, report.book, "1")
    monthly = turnover_survival(people, "days__", "gone__", band="band", at=tuple(range(30, 400, 30))).estimates
    assert 1 in leavers_told(monthly, DAYS).values()
    made = exits.turnover(report)
    told = leavers_told(made.shares, DAYS)
    assert told[0.0, 90.0] == 11
    assert told[90.0, 365.0] == 16  # the one of day 120 stands among those of the rest of the year
    assert min(told.values()) >= LEAST


def test_leavers_of_one_band_are_not_told(home):
    """All left within three months gave the same answer: the time is not shown, and neither is anything that holds them alone."""
    book = house.codebook(home, until="2026-10-31")
    house.take_in(home, with_leavers(DAYS[:11], [2] * 11), book)
    made = exits.turnover(open_employee(book))
    assert made.shares is None and made.ratios is None
    assert leavers.told_times(left.followed(open_employee(book).scored, open_employee(book).book, "1"), LEAST) == []
    assert exits.turnover_files(made) is None


@pytest.mark.parametrize("later", ["2026-03-31", "2026-05-31", "2026-08-31"])
def test_two_reports_a_month_apart_do_not_differ_by_one_leaver(home, later):
    """The dates known move on; figures of a time already told stay, and what is added holds ten leavers or more."""
    rows = with_leavers(DAYS, SCORES)
    frames = {}
    for until in ("2026-02-28", later):
        book = house.codebook(home, until=until)
        house.take_in(home, rows, book, name=f"until_{until}")
        frames[until] = exits.turnover(open_employee(book)).shares
    keys, value = ["band", "at"], ["estimate", "n"]
    first, second = (frame.set_index(keys)[value] for frame in frames.values())
    shared = first.index.intersection(second.index)
    assert len(shared) == len(first)
    pd.testing.assert_frame_equal(first.loc[shared], second.loc[shared])
    assert min(leavers_told(frames[later], DAYS).values()) >= LEAST


def test_a_ratio_has_two_digits_everywhere(home):
    book = house.codebook(home, until="2026-10-31")
    house.take_in(home, with_leavers(DAYS, SCORES), book)
    made = exits.turnover(open_employee(book))
    for column in ("estimate", "ci_low", "ci_high", "p_value"):
        values = made.ratios[column].dropna()
        assert len(values) and [float(f"{v:.2g}") for v in values] == values.tolist()


def test_groups_of_leavers_are_of_the_plan(home):
    book = house.codebook(home, until="2026-10-31")
    house.take_in(home, with_leavers(DAYS, SCORES), book)
    groups = open_employee(book).study.plan.groups
    sizes = groups[groups[leavers.EXIT] != ALL].set_index(leavers.EXIT)["persons"]
    assert sizes.to_dict() == {"90": 11, "365": 16, "stayed": 93}


# Silence


def silent_house(home):
    """Of 53 people in department a, 3 belong to no team, and none of them answered; every team is large enough."""
    rows = pd.concat([
        house.people({("a", "a1"): 20, ("a", "a2"): 30, ("b", "b1"): 40}),
        house.people({("a", None): 3}, start=900, answered=0, proud=None, fair=None, learn=None),
    ], ignore_index=True)  # fmt: skip
    rows.loc[[2, 5, 25, 27, 33, 60, 61, 62], ["answered", "proud", "fair", "learn"]] = [0, None, None, None]
    book = house.codebook(home)
    house.take_in(home, rows, book)
    return open_employee(book), rows.rename(columns={"staff": "_person"}).assign(_wave="1", said=rows["answered"])


def test_nobody_is_known_to_have_kept_silent(home):
    report, payroll = silent_house(home)
    rates = who.participation(report)
    rates = rates[rates["metric"] == "response_rate"].assign(_wave="1")
    raw = [{"dept": d, "team": t, "estimate": 100 * g["said"].mean(), "n": len(g)} for d, t, g in groups_of(payroll)]
    naive = pd.DataFrame(raw).assign(_wave="1", ci_low=np.nan, ci_high=np.nan)
    rng = np.random.default_rng(1)
    unguarded = attack([(naive, payroll)], LEAST, rng)
    assert unguarded["narrowed"] > 0 and unguarded["exposed"] > 0 and unguarded["sums"] == 3
    found = attack([(rates, payroll)], LEAST, rng)
    assert (found["narrowed"], found["exposed"], found["sums"]) == (0, 0, 0)
    assert rates["estimate"].notna().sum() >= 3


def groups_of(payroll):
    """Everybody, departments and teams: (department, team, people)."""
    yield ALL, ALL, payroll
    for name, group in payroll.groupby("dept"):
        yield name, ALL, group
    for name, group in payroll.dropna(subset="team").groupby("team"):
        yield ALL, name, group


def test_a_unit_of_which_everybody_answered_is_a_range_without_counts(home):
    rows = house.people({("a", "a1"): 30, ("b", "b1"): 40})
    rows.loc[range(0, 30, 3), ["answered", "proud", "fair", "learn"]] = [0, None, None, None]
    book = house.codebook(home)
    house.take_in(home, rows, book)
    rates = who.participation(open_employee(book))
    b1 = rates[rates["team"] == "b1"]
    assert b1["estimate"].isna().all() and b1["n_missing"].isna().any()
    rate = b1[b1["metric"] == "response_rate"].iloc[0]
    assert (rate["ci_low"], rate["ci_high"]) == (95.0, 100.0)
    assert b1.loc[b1["metric"] == "margin", "n"].isna().all()


# Weights


def test_weighted_and_unweighted_sums_do_not_tell_hidden_units_apart(home):
    """Teams c1 (6) and c2 (12) are hidden: their sum is known. Answers weigh by site, which parts the two."""
    rows = house.people({("a", "a1"): 200, ("a", "a2"): 150, ("a", "c1"): 6, ("a", "c2"): 12})
    rows["site"] = np.where(rows["team"].isin(["a1", "c1"]), 1, 2)
    silent = rows[rows["site"] == 1].sample(90, random_state=3)
    silent = silent[silent["team"] == "a1"].assign(answered=0, proud=np.nan, fair=np.nan, learn=np.nan)
    rows.loc[silent.index] = silent
    book = house.codebook(home, groups="site")
    house.take_in(home, rows, book)
    report = open_employee(book)
    assert not report.study.plan.shown(team="c2") and report.study.plan.shown(team="a2")
    scored = report.now.collect().to_pandas()
    said = (scored["proud"] >= 4).astype(float)
    teams = ["a1", "a2", "c1", "c2"]
    n = scored.groupby("team").size()[teams].to_numpy(float)
    weight = scored.groupby("team")[report.weights].first()[teams].to_numpy(float)
    count = said.groupby(scored["team"]).sum()[teams].to_numpy(float)
    known = np.array([[weight[0], 0, 0, 0], [0, weight[1], 0, 0], list(weight)])  # weighted sums of a1, a2 and all
    sums = known @ count

    def left_open(spread):
        table = np.vstack([known, np.ones(4)]).T
        low, high = (np.r_[sums + sign * 1e-6, count.sum() + sign * spread] for sign in (-1, 1))
        ends = [range_of(np.eye(4)[place], table, n, low, high) for place in (2, 3)]
        return [high - low for low, high in ends]

    whole = len(scored)
    assert left_open(1e-6) == [0, 0]  # the exact unweighted figure beside the weighted one
    points = index.bounded_shift(report)
    assert left_open(points / 100 * whole) == left_open(whole)  # what is said of it now adds nothing
    assert not hasattr(index, "unweighted")


def test_a_wave_is_not_reported_twice_with_other_weights(home):
    rows = house.people({("a", "a1"): 60, ("b", "b1"): 60})
    rows.loc[:25, ["answered", "proud", "fair", "learn"]] = [0, None, None, None]
    book = house.codebook(home, groups="dept")
    house.take_in(home, rows, book)
    house.publish(book, home / "first")
    with pytest.raises(DataError, match="reported with weights 'response_weight:dept', this report has 'none'"):
        open_employee(book, weights="none")
    house.publish(book, home / "again")


# Agreement


def test_agreement_says_nothing_of_hidden_units(home):
    """Whatever the six of a hidden team answer, the table is the same."""
    frames = []
    for number, answers in enumerate(([3] * 6, [1, 5, 1, 5, 1, 5])):
        folder = home / str(number)
        folder.mkdir()
        rows = house.people({("a", f"a{k}"): 12 + k for k in range(7)} | {("a", "z"): 6})
        rows.loc[rows["team"] == "z", "proud"] = answers
        book = house.codebook(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CEMLAB_HOME", str(folder))
            house.take_in(folder, rows, book)
            report = open_employee(book)
            assert not report.study.plan.shown(team="z")
            frames.append(scale.agreement(report))
    pd.testing.assert_frame_equal(*frames)
    assert frames[0]["units"].max() < 8


# Reports that follow one another, and overlap


def late(home, book, teams, start=5000):
    """More people answer after a report."""
    house.take_in(home, house.people(teams, start=start), book, name=f"late_{start}")


TEAMS = {("a", "a1"): 30, ("a", "a2"): 25, ("b", "b1"): 20, ("b", "b2"): 15}


def test_three_late_answers_do_not_stand_out_between_two_reports(home):
    book = house.codebook(home)
    house.take_in(home, house.people(TEAMS), book)
    house.publish(book, home / "first")
    late(home, book, {("a", "a1"): 3})
    with pytest.raises(DataError, match="fewer than 10 persons answered since wave 1 was reported"):
        open_employee(book)
    house.publish(book, home / "again", version=0)
    late(home, book, {("b", "b1"): 8}, start=6000)
    table = house.publish(book, home / "second")  # eleven more in all: the total may be shown, their teams may not
    shown = table[(table["part"] == "index") & table["estimate"].notna()]
    assert set(shown["team"]) - {ALL} <= {"a2", "b2"} and (shown["team"] == ALL).any()


def test_late_answers_all_alike_are_not_told_by_two_totals(home):
    """Eleven more people, all of one opinion: the second total less the first would say which."""
    book = house.codebook(home)
    house.take_in(home, house.people(TEAMS), book)
    house.publish(book, home / "first")
    house.take_in(home, house.people({("b", "b1"): 11}, start=6000, proud=5), book, name="alike")
    table = house.publish(book, home / "second")
    whole = table[(table["part"] == "index") & (table[["dept", "team"]] == ALL).all(axis=1)]
    assert whole.loc[(whole["item"] == "engagement") & (whole["metric"] == "favourable"), "estimate"].isna().all()
    assert whole.loc[(whole["item"] == "leader") & (whole["metric"] == "favourable"), "estimate"].notna().all()


def test_managers_and_the_company_together_narrow_nobody(home):
    """Versions for both departments, the company's report, and all of them again after late answers in both."""
    book = house.codebook(home)
    rows = house.people({**TEAMS, ("b", "b3"): 6, ("a", "a3"): 4})
    house.take_in(home, rows, book)
    more = house.people({("a", "a1"): 9, ("b", "b1"): 14}, start=7000)
    published, everybody = [], rows
    for turn in range(2):
        if turn:
            house.take_in(home, more, book, name="more")
            everybody = pd.concat([rows, more], ignore_index=True)
        people = everybody.rename(columns={"staff": "_person"}).assign(_wave="1")
        for unit in ("a", "b", ""):
            table = house.publish(book, home / f"{unit}{turn}", unit=unit)
            index_rows = table[(table["part"] == "index") & (table["metric"] == "favourable")]
            assert set(index_rows["dept"]) <= {ALL, unit or "a", unit or "b"}
            mine = index_rows[index_rows["item"] == "engagement"].assign(_wave="1")
            published.append((mine, people.assign(said=(people["proud"] >= 4).astype(int))))
    rng = np.random.default_rng(5)
    found = attack(published, LEAST, rng)
    assert (found["narrowed"], found["exposed"], found["sums"]) == (0, 0, 0)
    assert any(frame["estimate"].notna().sum() >= 3 for frame, _ in published)


def test_a_larger_minimum_and_no_counts_where_the_codebook_asks_for_them(home):
    """`min_persons` 16 hides a team of 15; enhanced shows no base; comments need five persons more than figures."""
    book = house.codebook(home, privacy="{min_persons: 16, comments_min: 5, enhanced: true}")
    house.take_in(home, house.people(TEAMS), book)
    report = open_employee(book)
    assert report.study.plan.shown(team="a1") and not report.study.plan.shown(team="b2")
    table = house.publish(book, home / "out")
    assert table[["n", "n_eff", "se"]].isna().all(axis=None)
    values = table.loc[(table["metric"] == "favourable") & table["estimate"].notna(), "estimate"]
    assert len(values) and set(values % 5) == {0.0}
    assert "**21**" in index.confidentiality(report).data and "**16**" in index.confidentiality(report).data
    words = pl.DataFrame({"words": ["一切都好"] * 20})
    assert report.book.privacy.comments_base == 21 > len(words)
