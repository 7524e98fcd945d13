"""Real studies all the way to a report; figures against those of the shared data's README."""

import re

import pandas as pd
import pytest

from cemlab.collect.ingest import ingest
from cemlab.report.render import render
from cemlab.report.study import notebook_of


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A team's folder of its own."""
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
    monkeypatch.delenv("CEMLAB_LAKE", raising=False)
    return tmp_path


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
