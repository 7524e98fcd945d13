"""Hierarchical Bayes logit: 400 people x 12 tasks x 10 parameters, against numpyro where it is installed.

    python benchmarks/choice.py [people]

Printed: seconds by the clock and of computing, largest R-hat and smallest effective numbers of draws (bulk) of the population's means
and spreads, and draws of the means per second of the clock.
numpyro (NUTS, the same model, non-centred) is no dependency: install it into an environment of its own to see its line.
"""

import sys
import time

import numpy as np
import pandas as pd

TASKS, ALTERNATIVES, PARAMETERS, DRAWS = 12, 3, 10, 2000


def made(people, seed=1):
    """Choices of people whose utilities are normal around known means."""
    rng = np.random.default_rng(seed)
    mean = np.linspace(-1, 1, PARAMETERS)
    own = mean + rng.normal(size=(people, PARAMETERS)) * 0.7
    x = rng.integers(0, 2, (people, TASKS, ALTERNATIVES, PARAMETERS)).astype(float)
    utility = np.einsum("ptak,pk->pta", x, own) + rng.gumbel(size=(people, TASKS, ALTERNATIVES))
    return x, utility.argmax(axis=2), mean, own


def as_rows(x, choice):
    """One row an alternative."""
    people = len(x)
    index = np.indices(x.shape[:3]).reshape(3, -1)
    rows = pd.DataFrame(x.reshape(-1, PARAMETERS), columns=[f"x{i}" for i in range(PARAMETERS)])
    rows = rows.assign(
        person=index[0], task=index[1], chosen=(index[2] == choice.reshape(people * TASKS).repeat(ALTERNATIVES))
    )
    return rows.assign(chosen=rows["chosen"].astype(int))


def ours(x, choice):
    from cemlab.analyse.hierarchical_choice import hierarchical_choice

    rows = as_rows(x, choice)
    start, computing = time.perf_counter(), time.process_time()
    names = [f"x{i}" for i in range(PARAMETERS)]
    found = hierarchical_choice(rows, "chosen", names, person="person", task="task", draws=DRAWS)
    seconds, computing = time.perf_counter() - start, time.process_time() - computing
    fewest = found.convergence.groupby("of")["effective_draws"].min()
    return (seconds, computing), found.convergence["r_hat"].max(), fewest, found.coefficients, found.fit


def numpyro_line(x, choice):
    try:
        import jax
        import jax.numpy as jnp
        import numpyro
        import numpyro.distributions as dist
        from numpyro.diagnostics import summary
        from numpyro.infer import MCMC, NUTS
    except ImportError:
        return None
    numpyro.set_host_device_count(2)
    data, taken = jnp.asarray(x), jnp.asarray(choice)

    def model():
        mean = numpyro.sample("mean", dist.Normal(0, 10).expand([PARAMETERS]).to_event(1))
        spread = numpyro.sample("spread", dist.HalfNormal(2).expand([PARAMETERS]).to_event(1))
        lower = numpyro.sample("lower", dist.LKJCholesky(PARAMETERS, 1.0))
        with numpyro.plate("people", len(data)):
            z = numpyro.sample("z", dist.Normal(0, 1).expand([PARAMETERS]).to_event(1))
        own = mean + z @ (spread[:, None] * lower).T
        utility = jnp.einsum("ptak,pk->pta", data, own)
        numpyro.sample("choice", dist.Categorical(logits=utility).to_event(2), obs=taken)

    start = time.perf_counter()
    run = MCMC(NUTS(model), num_warmup=500, num_samples=1000, num_chains=2, progress_bar=False)
    run.run(jax.random.PRNGKey(0))
    draws = run.get_samples(group_by_chain=True)
    seconds = time.perf_counter() - start
    table = summary({"mean": draws["mean"]})["mean"]
    return (
        seconds,
        float(np.max(table["r_hat"])),
        float(np.min(table["n_eff"])),
        np.asarray(draws["mean"]).mean(axis=(0, 1)),
    )


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    x, choice, _, own = made(people)
    (seconds, computing), worst, fewest, means, fit = ours(x, choice)
    draws = fewest["mean"]
    print(
        f"cemlab   {seconds:6.1f} s ({computing:.1f} s of computing)  R-hat <= {worst:.4f}  effective draws of means >= {draws:.0f}, "
        f"of spreads >= {fewest['spread']:.0f}  per second {draws / seconds:.0f}"
    )
    print(
        f"         hit rate {fit['hit_rate']:.3f}, rlh {fit['rlh']:.3f} against {fit['rlh_chance']:.3f}; largest error of a mean {np.abs(means - own.mean(axis=0)).max():.3f}"
    )
    other = numpyro_line(x, choice)
    if other is None:
        print("numpyro  not installed here; no line")
        return
    time_there, rhat, effective, theirs = other
    print(
        f"numpyro  {time_there:6.1f} s  R-hat <= {rhat:.4f}  effective draws of means >= {effective:.0f}  per second {effective / time_there:.0f}"
    )
    print(
        f"         largest difference of a mean {np.abs(means - theirs).max():.3f}; time {time_there / seconds:.1f} x ours"
    )


if __name__ == "__main__":
    main()
