"""Many organisations attacked one after another, and what their protection costs."""

import numpy as np
from attacks.attacker import attack
from attacks.organisations import figures, naive, organisation, publish


def campaign(seeds, *, least=10, sums_every=1):
    """Attack an organisation a seed.

    Parameters
    ----------
    seeds : iterable of int
    least : int
    sums_every : int
        So many organisations share one run of the integer program over all combinations; those with a plan that is not proven have
        one of their own.

    Returns
    -------
    dict of str to int
        ``organisations``; ``groups`` of their last reports and how many are ``few``, hidden by one ``sibling`` more, and by the
        plan (``lost``); groups ``hidden`` in all reports, sets ``attacked``, persons ``narrowed`` and ``exposed``, combinations
        that leave too few (``sums``); plans that are ``not_exact`` or ``not_proven``.
    """
    out = dict.fromkeys(
        ("organisations", "groups", "few", "sibling", "lost", "hidden", "attacked", "narrowed", "exposed", "sums"), 0
    )
    out |= {"not_exact": 0, "not_proven": 0}
    for seed in seeds:
        rng = np.random.default_rng([7, seed])
        org = organisation(rng)
        published, plans = publish(org, least=least)
        proven = all(plan.loss["proven"] for plan in plans)
        found = attack(published, least, rng, exact=seed % sums_every == 0 or not proven)
        last, shown = plans[-1], figures(org.people, org.cuts)
        out["organisations"] += 1
        out["groups"] += last.loss["groups"]
        out["few"] += last.loss["few"]
        out["lost"] += last.loss["hidden"]
        out["sibling"] += int((naive(shown, org.cuts, least, "sibling")["status"] == "hidden").sum())
        out["not_exact"] += sum(not plan.loss["exact"] for plan in plans)
        out["not_proven"] += sum(not plan.loss["proven"] for plan in plans)
        for key, value in found.items():
            out[key] += int(value > 0) if key == "sums" else value
    return out
