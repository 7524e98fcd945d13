"""Random organisations taken in, reported for every manager and the company, added to, reported again: all of it attacked together."""

import numpy as np
import pandas as pd
import pytest
from attacks import house
from attacks.attacker import attack

from cemlab.checks import DataError
from cemlab.measure.schema import ALL

LEAST = 10


def random_house(rng):
    """Answers of two waves by teams of 3 to 40 in three departments: some silent, some teams of one mind, some people only once."""
    sizes = np.clip(np.exp(rng.normal(2.6, 0.7, int(rng.integers(5, 9)))).astype(int), 3, 40)
    teams = {(f"d{k % 3}", f"t{k}"): int(size) for k, size in enumerate(sizes)}
    first = house.people(teams)
    second = first.assign(wave=2, day="2026-09-03")
    for frame in (first, second):
        share = {name: rng.choice([0.0, 1.0, 0.4, 0.7]) for name in frame["team"].unique()}
        frame["proud"] = np.where(rng.random(len(frame)) < frame["team"].map(share), 5, 2)
        silent = rng.random(len(frame)) < rng.choice([0.05, 0.25])
        frame.loc[silent, ["answered", "proud", "fair", "learn"]] = [0, None, None, None]
    return first[rng.random(len(first)) < 0.9], second


@pytest.mark.parametrize("seed", range(4))
def test_nothing_follows_from_all_versions_together(tmp_path, monkeypatch, seed):
    monkeypatch.setenv("CEMLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CEMLAB_KEY", str(tmp_path / "secret.key"))
    monkeypatch.delenv("CEMLAB_LAKE", raising=False)
    rng = np.random.default_rng([3, seed])
    first, second = random_house(rng)
    late = rng.random(len(second)) < rng.choice([0.04, 0.3])
    book, scores, rates = house.codebook(tmp_path), [], []
    early = pd.concat([first, second[~late]])
    for turn, (new, rows) in enumerate(((early, early), (second[late], pd.concat([early, second[late]])))):
        house.take_in(tmp_path, new, book, name=f"turn{turn}")
        payroll = rows.rename(columns={"staff": "_person"}).assign(_wave=rows["wave"].astype(str))
        payroll["dept"], payroll["team"] = payroll["dept"].astype(object), payroll["team"].astype(object)
        answered = payroll[payroll["answered"] == 1]
        for unit in ("d0", "d1", ""):
            try:
                table = house.publish(book, tmp_path / f"{unit}{turn}", unit=unit)
            except DataError:
                continue  # refused: few answered since
            table["_wave"] = table["_wave"].fillna("2").replace(ALL, "2").astype(float).astype(int).astype(str)
            said = table[
                table["part"].isin(["index", "before"])
                & (table["metric"] == "favourable")
                & (table["item"] == "engagement")
            ]
            scores.append((said, answered.assign(said=(answered["proud"] >= 4).astype(int))))
            rate = table[(table["part"] == "participation") & (table["metric"] == "response_rate")]
            rates.append((rate, payroll[payroll["_wave"] == "2"]))
    found = attack(scores, LEAST, rng)
    assert (found["narrowed"], found["exposed"], found["sums"]) == (0, 0, 0), found
    for one in rates:  # each by itself: who has answered in the meantime is another fact
        alone = attack([one], LEAST, rng)
        assert (alone["narrowed"], alone["exposed"], alone["sums"]) == (0, 0, 0), alone
    assert found["attacked"] > 5 and found["hidden"] > 0
