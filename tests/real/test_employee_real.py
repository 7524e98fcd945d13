"""Real employee studies all the way to a report: companies of an army, three waves, a pilot of a scale, who left."""

import pandas as pd
import pytest

from cemlab.collect.ingest import ingest
from cemlab.report.render import render
from cemlab.report.study import notebook_of


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A team's folder of its own, for all tests here."""
    folder = tmp_path_factory.mktemp("employees")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEMLAB_HOME", str(folder))
        patch.setenv("CEMLAB_KEY", str(folder / "secret.key"))
        patch.delenv("CEMLAB_LAKE", raising=False)
        yield folder


@pytest.fixture
def reported(root, home):
    """`reported(name, file)` takes a file in and renders it: (results, page)."""

    def make(name, file):
        codebook = root / "tests" / "real" / f"{name}.yml"
        ingest([file], codebook)
        parameters = {"codebook": str(codebook), "lang": "en"}
        out = render(notebook_of("employee_engagement"), parameters=parameters, out=home / name, timeout=900)
        return pd.read_csv(out / "results.csv", low_memory=False), (out / "report.html").read_text(encoding="utf-8")

    return make


def part(table, name, **match):
    """Rows of one part of the results."""
    rows = table[table["part"] == name]
    for column, value in match.items():
        rows = rows[rows[column] == value]
    return rows


def from_r(shared, home, name):
    """A data set of the R package multilevel."""
    rdata = pytest.importorskip("rdata")
    return rdata.read_rda(shared / "data" / "employee" / f"{name}.rda")[name]


def test_companies_of_an_army(shared, home, reported):
    """Alpha of the 11 leadership items 0.8913; 99 companies of 5,400 people."""
    frame = from_r(shared, home, "bhr2000")
    frame.astype(int).to_csv(home / "bhr.csv", index=False)
    table, page = reported("employee_bhr", home / "bhr.csv")
    alpha = part(table, "alpha", metric="alpha", item="leadership")
    assert alpha["estimate"].iloc[0] == pytest.approx(0.8913, abs=5e-5)
    whole = part(table, "index", metric="mean", item="leadership", GRP="(all)")
    assert whole["n"].iloc[0] == 5400
    assert part(table, "map_tested", item="leadership")["GRP"].nunique() == 99
    assert "0.136" in page  # ICC(1) of the 11-item mean, 0.1357


def test_three_waves_with_drop_out(shared, home, reported):
    """Job satisfaction 3.338, commitment 3.537 (3.53747), readiness 3.212 in the last of three waves, as the file itself gives them."""
    frame = from_r(shared, home, "univbct")
    sums = frame.assign(
        JSAT=(frame["JSAT"] * 3).round(), COMMIT=(frame["COMMIT"] * 3).round(), READY=(frame["READY"] * 4).round(),
        TIME=frame["TIME"].astype(int), SUBNUM=frame["SUBNUM"].astype(int), BTN=frame["BTN"].astype(int),
    )  # fmt: skip
    sums[["SUBNUM", "TIME", "BTN", "COMPANY", "JSAT", "COMMIT", "READY"]].to_csv(home / "univbct.csv", index=False)
    table, page = reported("employee_univbct", home / "univbct.csv")
    rows = part(table, "index", metric="mean", battalion="(all)", company="(all)").set_index("item")
    last = frame[frame["TIME"] == 2]
    for item, column, answers, printed in (
        ("satisfaction", "JSAT", 3, 3.338),
        ("commitment", "COMMIT", 3, 3.537),  # 3.53747 in the file
        ("readiness", "READY", 4, 3.212),
    ):
        assert rows.loc[item, "estimate"] / answers == pytest.approx(
            last[column].mean(), rel=1e-6
        )  # the file has six digits
        assert last[column].mean() == pytest.approx(printed, abs=5e-4)
    assert rows.loc["satisfaction", "n"] == 463
    assert len(part(table, "panel")) and "Since the last wave" in page


def test_the_pilot_of_a_scale(shared, home, reported):
    """Final items, item 14 turned: alpha 0.641, 0.520, 0.850 on complete answers; pairwise within 0.02 of them."""
    table, page = reported("employee_pilot", shared / "data" / "employee" / "engagement_pilot_36items.csv")
    alpha = part(table, "alpha", metric="alpha").set_index("item")["estimate"]
    published = {"absorption": 0.641, "vigor": 0.520, "dedication": 0.850}
    for name, value in published.items():
        assert alpha[name] == pytest.approx(value, abs=0.02)
    assert "not reached" in page  # vigor and absorption stay under 0.70


def test_who_left(shared, home, reported):
    """235 of 1,466 left (16.03 %); bands of engagement, never persons."""
    table, page = reported("employee_ibm", shared / "data" / "employee" / "ibm_hr_attrition.csv")
    left = part(table, "turnover", metric="left")
    share = (left["estimate"] * left["n"]).sum() / left["n"].sum()
    assert left["n"].sum() == 1466
    assert share == pytest.approx(100 * 235 / 1466, abs=0.01)
    assert set(left["item"]) == {"band_low", "band_middle", "band_high"}
