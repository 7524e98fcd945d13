"""What follows an employee report: details in comments to be checked, and what came of the last wave's actions."""

import json

import numpy as np
import pandas as pd
import pytest
from attacks import house

from cemlab.checks import DataError
from cemlab.cli import to_check
from cemlab.report import employee_comments as wrote
from cemlab.report import employee_followup as follow
from cemlab.report import employee_index as index
from cemlab.report import employee_people as people
from cemlab.report.employee_report import open_employee

ACTIONS = "  actions: {table: house_actions.csv, level: team}\n"


# Comments


def written(home, texts, **options):
    """A report of 60 people of whom some wrote."""
    rows = house.people({("a", "a1"): 30, ("b", "b1"): 30})
    rows.loc[range(len(texts)), "words"] = texts
    book = house.codebook(home, **options)
    house.take_in(home, rows, book)
    return open_employee(book)


def test_details_to_be_checked_lie_with_the_data_and_not_with_the_report(home):
    report = written(
        home, ["我是部门唯一的女生，去年休产假", "请打13800138000找王经理", *[f"食堂不错{k}" for k in range(20)]]
    )
    found = wrote.quoted(report, seed=1, most=30)
    told = wrote.to_check(report, found)
    path = home / "data" / "lake" / told["file"]
    lines = pd.read_csv(path)
    assert told["details"] == len(lines) and told["comments"] == lines["number"].nunique()
    only = lines[lines["kind"] == "the only one"]
    assert len(only) and only["detail"].str.contains("唯一").all()
    text = path.read_text(encoding="utf-8")
    assert "13800138000" not in text and "王经理" not in text
    assert path.stat().st_mode & 0o077 == 0
    out = home / "reports" / "one"
    out.mkdir(parents=True)
    (out / "facts.json").write_text(json.dumps({"comments_to_check": told}), encoding="utf-8")
    (line,) = to_check(out)
    assert str(path) in line and "核对" in line and "唯一" not in line
    assert not list(out.rglob("*comments*"))


def test_nothing_to_check_says_nothing(home):
    (home / "facts.json").write_text("{}", encoding="utf-8")
    assert list(to_check(home)) == []


def test_a_manager_gets_no_comments_and_a_wording_stands_once(home):
    report = written(home, ["食堂不错"] * 12 + [f"流程太慢{k}" for k in range(5)])
    found = wrote.quoted(report, seed=1, most=30)
    assert len(found) == 6 and found["text"].is_unique
    manager = open_employee(report.study.codebook.name and home / "house.yml", unit="a")
    assert wrote.quoted(manager) is None and wrote.to_check(manager, None) is None


def test_comments_need_five_persons_more_than_figures(home):
    """Minimum 10, `comments_min` 5: fourteen writers are too few, fifteen are enough."""
    for many, shown in ((14, 0), (15, 15)):
        folder = home / str(many)
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CEMLAB_HOME", str(folder))
            report = written(
                folder, [f"流程太慢{k}" for k in range(many)], privacy="{min_persons: 10, comments_min: 5}"
            )
            found = wrote.quoted(report, most=30)
            assert len(found) == shown
            assert ("不足 15" in wrote.quotations(report, found).data) if not shown else True


# Actions


def two_waves(home, actions=None, more="", linked=False):
    """Forty teams of 12 in two waves; `linked`: who finds the manager fair is proud, but for every third."""
    teams = {("a" if k < 20 else "b", f"t{k:02d}"): 12 for k in range(40)} | {("b", "z"): 4}
    first, second = house.people(teams), house.people(teams, wave=2)
    rng = np.random.default_rng(3)
    for frame in (first, second):
        for item in ("fair", "learn", "proud"):
            by_team = pd.Series(rng.normal(3.2, 0.4, 41), index=sorted(frame["team"].unique()))
            frame[item] = (frame["team"].map(by_team) + rng.normal(0, 1, len(frame))).round().clip(1, 5).astype(int)
        if linked:
            frame["proud"] = frame["proud"].where(frame.index % 3 == 0, frame["fair"])
    book = house.codebook(home, more=more)
    house.take_in(home, pd.concat([first, second], ignore_index=True), book)
    if actions is not None:
        folder = home / "data" / "designs"
        folder.mkdir(parents=True)
        actions.to_csv(folder / "house_actions.csv", index=False)
    return book


def made(book, **options):
    report = open_employee(book, **options)
    return report, follow.followup(report, index.index_levels(report))


def chosen(dimension="leader", wave="1", teams=range(0, 40, 3)):
    return pd.DataFrame({"wave": wave, "team": [f"t{k:02d}" for k in teams], "dimension": dimension})


def test_actions_are_followed_up_against_units_of_the_same_start(home):
    book = two_waves(home, pd.concat([chosen(), chosen(wave="0", teams=[1])]), ACTIONS)
    report, found = made(book)
    level, result, known = found
    assert level == "team" and known
    assert set(result.pairs["item"]) == {"leader"} and "t01" not in set(result.pairs["team"])
    said = follow.followup_text(report, found).data
    assert f"{len(result.pairs)} 项" in said and "自然回升" in said and "未见" not in said
    english = open_employee(book, lang="en")
    assert "others from the same start" in follow.followup_text(english, found).data
    assert follow.followup_files(report, found)["metric"].tolist() == ["change", "usual", "beyond"]


def test_hidden_units_take_no_part_in_the_follow_up(home):
    book = two_waves(
        home,
        pd.concat(
            [chosen(), chosen(teams=[]), pd.DataFrame([["1", "z", "leader"]], columns=["wave", "team", "dimension"])]
        ),
        ACTIONS,
    )
    report, found = made(book)
    assert not report.study.plan.shown(team="z")
    shown = {row["team"] for row in report.study.plan.groups.to_dict("records") if row["shown"] and row["_wave"] == "1"}
    assert set(found[1].pairs["team"]) <= shown - {"z"}


def test_a_manager_sees_the_own_units_actions_only(home):
    book = two_waves(home, chosen(), ACTIONS)
    report, found = made(book, unit="b", lang="en")
    page = follow.followup_table(report, found).plain
    assert "t21" in page and "t03" not in page
    assert follow.followup_text(report, found).data.startswith("Company: ")


@pytest.mark.parametrize("wrong, said", [({"dimension": "leadr"}, "'leadr', which is no dimension"), ({"team": "t99"}, "'t99', which is no team")])  # fmt: skip
def test_actions_of_unknown_units_or_dimensions_are_named(home, wrong, said):
    book = two_waves(home, chosen().assign(**wrong), ACTIONS)
    with pytest.raises(DataError, match=said):
        made(book)


def test_without_records_the_recommended_levers_are_followed(home):
    book = two_waves(home, linked=True)
    report, found = made(book)
    level, result, known = found
    assert not known
    assert "行动记录未提供" in follow.followup_text(report, found).data
    assert made(book, wave="1")[1] is None


# The same people


def panel_house(home, stayers=60, leavers=60, joiners=60, **options):
    """Who scored low did not answer again: everybody seems to rise, the same people do not."""
    first = house.people({("a", "a1"): stayers + leavers})
    first["proud"] = [4 + k % 2 for k in range(stayers)] + [1 + k % 2 for k in range(leavers)]
    second = house.people({("a", "a1"): stayers + joiners}, wave=2)
    second["staff"] = [f"E{k:05d}" if k < stayers else f"E{9000 + k:05d}" for k in range(stayers + joiners)]
    second["proud"] = [4 + (k + 1) % 2 for k in range(stayers)] + [4 + k % 2 for k in range(joiners)]
    book = house.codebook(home, **options)
    house.take_in(home, pd.concat([first, second], ignore_index=True), book)
    return open_employee(book)


def test_everybody_rises_and_the_same_people_do_not(home):
    report = panel_house(home)
    same, whole = people.panel_changes(report)
    row = same[(same["item"] == "engagement") & (same["metric"] == "favourable")].iloc[0]
    assert row["status"] == "hidden"  # all who stayed gave high answers: a figure of 100 % is none
    leader = same[(same["item"] == "leader")].iloc[0]
    assert leader["n"] == 60 and abs(leader["difference"]) < 5
    assert set(whole["item"].str.partition("likelihood_")[2]) == set(report.dimensions)
    gone = people.dropouts(report).set_index(["metric", "item"])
    assert gone.loc[("dropout", "all"), "estimate"] == pytest.approx(50)
    assert gone.loc[("gap", "engagement"), "estimate"] == pytest.approx(-3)
    assert np.isnan(gone.loc[("odds_ratio", "engagement"), "estimate"])  # nobody low answered again: no odds
    page = people.dropout_table(report, people.dropouts(report)).plain
    assert "120 人中 50.0%" in people.dropout_table(report, people.dropouts(report)).html and "-3.00" in page


def test_where_everybody_answered_both_waves_no_unweighted_sum_stands_beside_the_weighted(home):
    report = panel_house(home, leavers=0, joiners=0, groups="dept")
    assert people.panel_changes(report) == (None, None)
    assert people.panel_table(report, pd.DataFrame(), (None, None)) is None
