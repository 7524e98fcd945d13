"""Real studies all the way to a report; figures against those of the shared data's README."""

import re

import pandas as pd
import pytest

from cemlab.collect.ingest import ingest
from cemlab.report.render import render
from cemlab.report.study import notebook_of


def results(folder):
    return pd.read_csv(folder / "results.csv", dtype={"_wave": str})


def headline(table, metric, item):
    rows = table[(table["part"] == "headline") & (table["metric"] == metric) & (table["item"] == item)]
    return rows.set_index("_wave")


def test_the_airport_2017_against_2016(shared, root, home):
    codebook = root / "tests" / "real" / "sfo.yml"
    for year in ("2014", "2015", "2016", "2017"):
        ingest([shared / "data" / "service" / f"sfo_customer_survey_{year}.csv"], codebook, wave=year)
    out = render(notebook_of("service_touchpoints"), parameters={"codebook": str(codebook)}, out=home / "weighted")
    table = results(out)
    nps = headline(table, "nps", "recommend")
    assert nps.loc["2017", "estimate"] == pytest.approx(40.40, abs=0.005)
    assert nps.loc["2017", "n"] == 2746
    assert nps.loc[["2014", "2015", "2016"], "n"].tolist() == [0, 0, 0]
    means = headline(table, "mean", "overall")["estimate"]
    assert means.to_dict() == pytest.approx({"2014": 4.007, "2015": 4.044, "2016": 4.053, "2017": 4.071}, abs=0.0005)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "40.4" in page
    assert not re.search(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", page)
    found = pd.read_csv(out / "findings.csv")

    assert not ((found["kind"] == "wave") & (found["item"] == "recommend") & (found["verdict"] == "claim")).any()


def test_mobiles_by_its_words(shared, root, home):
    codebook = root / "tests" / "real" / "mobiles.yml"
    ingest([shared / "data" / "service" / "Mobiles_feedback_4_weeks.sav"], codebook)
    out = render(
        notebook_of("service_touchpoints"), parameters={"codebook": str(codebook), "lang": "en"}, out=home / "r"
    )
    table = results(out)
    nps = table[(table["part"] == "headline") & (table["metric"] == "nps")].iloc[0]
    assert nps["estimate"] == pytest.approx(34.19, abs=0.005)
    assert nps["n"] == 895
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "no previous wave" in page
    assert "{name}" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def value(table, part, metric, item, at=None):
    rows = table[(table["part"] == part) & (table["metric"] == metric) & (table["item"] == item)]
    return (rows if at is None else rows[rows["at"].astype(float) == at]).iloc[0]


def test_the_call_centre_by_its_records(shared, root, home):
    """27,162 of 33,066 calls reach an agent; waits with those who hang up censored, against statsmodels; no agent's name."""
    from statsmodels.duration.survfunc import SurvfuncRight

    codebook, file = root / "tests" / "real" / "callcentre.yml", "callcenter_anonymous_bank_feb1999.txt.gz"
    ingest([shared / "data" / "service" / file], codebook)
    out = render(notebook_of("service_touchpoints"), parameters={"codebook": str(codebook)}, out=home / "r")
    table = results(out)
    reached = value(table, "headline", "top_box", "reached")
    assert (reached["n"], reached["estimate"]) == (33066, pytest.approx(100 * 27162 / 33066))
    calls = pd.read_csv(shared / "data" / "service" / file, sep="\t", usecols=["q_time", "outcome", "server"])
    calls = calls[calls["outcome"].str.strip() != "PHANTOM"]
    curve = SurvfuncRight(calls["q_time"], calls["outcome"].str.strip() == "AGENT")
    assert value(table, "wait", "wait", "queue", 0.9)["estimate"] == curve.quantile(0.9)
    left = curve.surv_prob[curve.surv_times <= 60][-1]
    assert value(table, "wait", "served_within", "queue", 60)["estimate"] == pytest.approx(100 * (1 - left))
    page = (out / "report.html").read_text(encoding="utf-8") + (out / "results.csv").read_text(encoding="utf-8")
    names = {name.strip() for name in calls["server"]} - {"NO_SERVER"}
    assert len(names) > 20 and not [name for name in names if name in page]
    assert "删失" in page and "排队时间：60 秒内接通的比例" in page


def test_lounges_with_what_reviewers_recommend(shared, root, home):
    codebook = root / "tests" / "real" / "lounge.yml"
    ingest([shared / "data" / "service" / "skytrax_lounge.csv.gz"], codebook)
    out = render(
        notebook_of("service_touchpoints"), parameters={"codebook": str(codebook), "lang": "en"}, out=home / "r"
    )
    rows = headline(results(out), "top_box", "recommended")
    assert rows["n"].sum() == 2264
    assert (rows["estimate"] * rows["n"]).sum() / 2264 == pytest.approx(36.04, abs=0.005)
    overall = headline(results(out), "mean", "overall")
    assert (overall["estimate"] * overall["n"]).sum() / overall["n"].sum() == pytest.approx(3.366, abs=0.0005)
    page = (out / "report.html").read_text(encoding="utf-8")
    table = page.split("Services: scores and problems")[1].split("</table>")[0]
    assert "Staff" in table and "Self-service facilities" in table


def test_bank_customers_of_both_files(shared, root, home):
    """Means against those read off the files with pyreadstat; the second file has gaps of its own."""
    import pyreadstat

    codebook, table = root / "tests" / "real" / "bank_tidied.yml", {}
    for file in ("satisfaction.sav", "bank_tidied.sav"):
        answers, _ = pyreadstat.read_sav(shared / "data" / "service" / file)
        book = home / f"{file}.yml"
        book.write_text(
            codebook.read_text(encoding="utf-8").replace("name: bank", f"name: {file[:4]}"), encoding="utf-8"
        )
        ingest([shared / "data" / "service" / file], book)
        options = {"codebook": str(book), "weights": "none"}
        table = results(render(notebook_of("service_touchpoints"), parameters=options, out=home / file))
        overall = value(table, "headline", "mean", "overall")
        assert (overall["n"], overall["estimate"]) == (
            answers["Overall"].count(),
            pytest.approx(answers["Overall"].mean()),
        )
        fees = value(table, "touchpoints", "mean", "fees")
        assert fees["estimate"] == pytest.approx(answers["Fees"].mean())
        shares = table[(table["part"] == "drivers") & (table["metric"] == "importance") & (table["item"] != "(noise)")]
        assert len(shares) == 6 and shares["estimate"].sum() == pytest.approx(100)
