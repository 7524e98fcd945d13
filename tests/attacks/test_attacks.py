"""The attacker against 500 random organisations; against naive protection it must win, or it would prove nothing."""

import numpy as np
import pytest
from attacks.attacker import attack
from attacks.campaign import campaign
from attacks.organisations import organisation, publish

ORGANISATIONS, PARTS, LEAST = 500, 10, 10


@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_is_narrowed_and_nobody_is_exposed(part):
    """Each part attacks 50 organisations with bounds, every fifth, and each whose plan
    is not proven, with the integer program over all combinations too.
    """
    size = ORGANISATIONS // PARTS
    found = campaign(range(part * size, (part + 1) * size), least=LEAST, sums_every=5)
    print(found)
    assert found["organisations"] == size
    assert found["hidden"] > 100
    assert found["attacked"] > 500
    assert (found["narrowed"], found["exposed"], found["sums"]) == (0, 0, 0)
    assert found["not_exact"] == 0
    assert (
        found["not_proven"] <= size // 20
    )  # the proof is sufficient, not necessary; these were attacked with all combinations


@pytest.mark.parametrize("protection", ["few", "sibling"])
def test_the_attacker_wins_against_naive_protection(protection):
    """Groups under the minimum only, or one sibling more beside a lone one: persons are narrowed and exposed in both."""
    total = {"narrowed": 0, "exposed": 0, "sums": 0}
    for seed in range(8):
        rng = np.random.default_rng([7, seed])
        published, _ = publish(organisation(rng), protection, LEAST)
        found = attack(published, LEAST, rng)
        total = {key: total[key] + found[key] for key in total}
    assert min(total.values()) > 0, total


def test_less_is_not_hidden_than_the_bound_and_not_more():
    """The plan hides groups for exactly what the integer program proves to be the least."""
    rng = np.random.default_rng(3)
    _, plans = publish(organisation(rng))
    for plan in plans:
        assert plan.loss["cost"] == pytest.approx(plan.loss["bound"], abs=1e-6)
