"""A report of employees where the codebook asks for more: no counts at all, wide steps, larger minimum; the same findings."""

import re

import numpy as np
import pandas as pd
import pytest
from attacks import house

from cemlab.report.render import render
from cemlab.report.study import notebook_of


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Plain and enhanced reports of the same answers, each in a folder of its own: {name: (results, findings, text of the page)}."""
    out = {}
    for name, privacy in (("plain", "{min_persons: 10}"), ("enhanced", "{min_persons: 16, enhanced: true}")):
        home = tmp_path_factory.mktemp(name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CEMLAB_HOME", str(home))
            patch.setenv("CEMLAB_KEY", str(home / "secret.key"))
            patch.delenv("CEMLAB_LAKE", raising=False)
            book = house.codebook(home, privacy=privacy, until="2026-08-31")
            house.take_in(home, answers(), book)
            folder = render(notebook_of("employee_engagement"), parameters={"codebook": str(book)}, out=home / "report")
            page = (folder / "report.html").read_text(encoding="utf-8")
            body = re.sub(r"<(style|script|pre)[^>]*>.*?</\1>", " ", page[page.index("<body") :], flags=re.DOTALL)
            frames = [pd.read_csv(folder / f"{part}.csv", low_memory=False) for part in ("results", "findings")]
            out[name] = (*frames, re.sub(r"<[^>]+>", " ", body))
    return out


def answers():
    """Two waves of 20 teams of 11 to 30; who finds the manager fair is proud; growth falls in the second."""
    rng = np.random.default_rng(6)
    teams = {(f"d{k % 3}", f"t{k:02d}"): 11 + k for k in range(20)}
    waves = [house.people(teams), house.people(teams, wave=2, start=150)]
    for frame, mean in zip(waves, (3.9, 3.1), strict=True):
        frame["fair"] = rng.normal(3.8, 1, len(frame)).round().clip(1, 5).astype(int)
        frame["learn"] = rng.normal(mean, 1, len(frame)).round().clip(1, 5).astype(int)
        frame["proud"] = (0.7 * frame["fair"] + rng.normal(1.1, 0.7, len(frame))).round().clip(1, 5).astype(int)
        silent = rng.random(len(frame)) < 0.15
        frame.loc[silent, ["answered", "proud", "fair", "learn"]] = [0, None, None, None]
        frame.loc[~silent & (rng.random(len(frame)) < 0.3), "words"] = "流程太慢"
    gone = waves[0].sample(frac=0.2, random_state=2).index
    days = pd.to_datetime("2025-09-03") + pd.to_timedelta(rng.integers(5, 360, len(gone)), unit="D")
    waves[0].loc[gone, "left"] = days.strftime("%Y-%m-%d")
    return pd.concat(waves, ignore_index=True)


def test_no_count_of_persons_is_shown(reports):
    results, findings, page = reports["enhanced"]
    assert results[["n", "n_eff", "n_missing", "n_reference", "se"]].isna().all(axis=None)
    assert findings[["n", "n_reference"]].isna().all(axis=None)
    assert not re.search(r"n=[0-9—]|\bnan\b", page.replace("（n=19）", ""))
    assert re.search(r"n=[0-9]", reports["plain"][2])
    assert "增强保密模式不统计留言" in page


def test_shares_stand_in_steps_and_small_teams_are_hidden(reports):
    results, _, _ = reports["enhanced"]
    shown = results[(results["part"] == "index") & (results["metric"] == "favourable") & results["estimate"].notna()]
    teams = shown[shown["team"] != "(all)"]
    assert len(teams) and set(teams["estimate"] % 5) == {0.0}
    plain = reports["plain"][0]
    plain = plain[(plain["part"] == "index") & (plain["metric"] == "favourable") & plain["estimate"].notna()]
    small = {f"t{k:02d}" for k in range(5)}  # 11 to 15 people
    assert not small & set(teams["team"]) and small & set(plain["team"])


def test_the_large_differences_are_found_all_the_same(reports):
    """Growth fell by nearly one point; who finds the manager fair is proud."""
    for name, (_, findings, _) in reports.items():
        claims = findings[findings["verdict"] == "claim"]
        fell = claims[(claims["kind"] == "wave") & (claims["item"] == "growth")]
        assert len(fell) == 1 and fell["difference"].iloc[0] < -15, name
        assert "显著下降" in fell["sentence"].iloc[0]
        assert "leader" in set(claims.loc[claims["kind"] == "driver", "item"]), name
    step = reports["enhanced"][1].loc[lambda f: f["kind"] == "wave", "difference"].dropna()
    assert len(step) and (step % 1 == 0).all() and not (step % 50 == 0).all()
