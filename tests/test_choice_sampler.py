"""The sampler of persons' utilities: slopes, the prior without data, uneven tasks, convergence where persons tell little."""

import numpy as np
import pytest

from cemlab.analyse.choice_population import Population
from cemlab.analyse.choice_rows import Tasks
from cemlab.analyse.choice_sampler import Rows, chain
from cemlab.analyse.convergence import r_hat


def tasks_of(sizes, persons, k=3, seed=1):
    """Tasks with so many alternatives each, dealt out to persons in turn; normal attributes, utilities and heterogeneity of 1."""
    rng = np.random.default_rng(seed)
    start = np.append(0, np.cumsum(sizes)[:-1])
    person = np.arange(len(sizes)) % persons
    x, own = rng.normal(size=(sum(sizes), k)), 1 + rng.normal(size=(persons, k))
    utility = np.einsum("rk,rk->r", x, own[np.repeat(person, sizes)]) + rng.gumbel(size=len(x))
    chosen = np.array([a + utility[a : a + n].argmax() for a, n in zip(start, sizes, strict=True)])
    return Tasks(x, start, chosen, person, list(range(persons)), np.ones(len(sizes)))


def plain(tasks, beta):
    """Log-likelihood of each person, task by task."""
    out = np.zeros(len(beta))
    for start, n, chosen, person in zip(tasks.start, tasks.sizes, tasks.chosen, tasks.person, strict=True):
        utility = tasks.x[start : start + n] @ beta[person]
        out[person] += tasks.x[chosen] @ beta[person] - np.logaddexp.reduce(utility)
    return out


def slope_by_steps(function, at, step=1e-5):
    """Slope of a function of a vector by differences."""
    return np.array([(function(at + step * e) - function(at - step * e)) / (2 * step) for e in np.eye(len(at))])


@pytest.mark.parametrize("sizes", [[3] * 40, [2, 3, 4, 5] * 10, [3] * 43])
def test_likelihood_slope_and_curvature_of_every_person(sizes):
    tasks, rng = tasks_of(sizes, 10), np.random.default_rng(2)
    data, beta = Rows(tasks, 10), rng.normal(size=(10, 3))
    value, slope = data.at(beta)
    assert value == pytest.approx(plain(tasks, beta))
    far = 500 * beta
    assert data.at(far)[0] == pytest.approx(plain(tasks, far))  # no overflow

    def first(b):
        return plain(tasks, np.vstack([b, beta[1:]]))[0]

    assert slope[0] == pytest.approx(slope_by_steps(first, beta[0]), abs=1e-6)
    curved = slope_by_steps(lambda b: data.at(np.vstack([b, beta[1:]]))[1][0], beta[0])
    assert data.curvature(beta)[0] == pytest.approx(-curved, abs=1e-6)


def test_slope_of_the_move_that_carries_everybody():
    data, rng = Rows(tasks_of([3] * 80, 20), 20), np.random.default_rng(3)
    population, beta = Population(data, np.ones(3)), 1 + rng.normal(size=(20, 3))
    population.gibbs(beta, rng)
    lower, z = population.standing(beta)
    start = population.packed(lower)
    density = population.density(z, None, beta)
    assert density(start[None])[1][0] == pytest.approx(
        slope_by_steps(lambda v: density(v[None])[0][0], start), abs=1e-5
    )


def test_attributes_that_never_vary_keep_their_prior():
    """Without data the spread is inverse Wishart with k + 3 degrees of freedom and (k + 3) I: its inverse is I on average."""
    tasks = tasks_of([2] * 30, 30, k=1)
    tasks = Tasks(0 * tasks.x, tasks.start, tasks.chosen, tasks.person, tasks.who, tasks.weight)
    drawn = chain(tasks, 30, draws=1500, warm_up=200, thin=1, rng=np.random.default_rng(1))
    assert np.mean(1 / drawn["spread"]) == pytest.approx(1, abs=0.2)
    assert np.mean(drawn["mean"][:, 0] ** 2 / drawn["spread"][:, 0, 0]) == pytest.approx(100, rel=0.4)


def test_chains_meet_where_persons_tell_little():
    """Four tasks a person: given the utilities alone, mean and spread would creep."""
    tasks = tasks_of([3] * 400, 100)
    drawn = [chain(tasks, 100, draws=500, warm_up=250, thin=1, rng=np.random.default_rng(s)) for s in (1, 2)]
    for i in range(3):
        assert r_hat([one["mean"][:, i] for one in drawn]) < 1.03
        assert r_hat([one["spread"][:, i, i] for one in drawn]) < 1.03
