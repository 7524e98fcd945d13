"""Fields of the default sentiment model: which have ways of their own, who gets them, and that the fit tells them apart."""

import numpy as np
import pytest
import scipy.sparse as sp

from cemlab.text.sentiment_fields import calibrated, fields_of_use, mixed, nearness, standing, typicality
from cemlab.text.sentiment_fit import Reviews, Way, log_ratio, logistic


def test_fields_have_models_of_their_own_only_where_praise_and_blame_are_of_one_length():
    labels, fields = np.tile([0, 1], 80), np.repeat([0, 1], 80)
    bands = np.where(fields == 1, labels * 3, np.arange(160) // 2 % 4)
    near, apart = fields_of_use(fields, labels, bands)
    assert near.tolist() == [True, True] and apart.tolist() == [True, False]  # field 1: praise long, blame short
    near, apart = fields_of_use(fields[:100], labels[:100], bands[:100])
    assert near.tolist() == apart.tolist() == [True, False]  # field 1: ten of each


def test_nearness_and_mixture_by_hand():
    """Sums 21, 0 over 70 + 30 features: mean .21, a share (.21 - .12) / .18 of the field's model, the rest of that for any."""
    near = nearness(np.array([[21.0, 0.0], [5.0, 0.0], [90.0, 90.0]]), np.array([70, 70, 70]))
    assert near == pytest.approx(np.array([[0.5, 0], [0, 0], [0.5, 0.5]]))
    scores = np.array([[1.0, 3.0, -1.0]] * 3)
    assert mixed(scores, near) == pytest.approx(np.array([[0.5, 1.5], [1, 0], [0, 1]]))
    assert mixed(np.ones((2, 1)), np.zeros((2, 0))).tolist() == [[1, 0], [1, 0]]


def _made():
    """大 praises in field 0 and blames in field 1, 好 praises in both; one opinion word stands alone."""
    counts = sp.csr_matrix(np.tile([[1, 0], [0, 1], [1, 0], [0, 1]], (50, 1)).astype(np.float32))  # 好, 大 by turns
    labels = np.tile([1.0, 1.0, 1.0, 0.0], 50)
    counts, labels = sp.vstack([counts, counts[:1]], format="csr"), np.append(labels, 0.0)
    fields, words = np.append(np.tile([0, 0, 1, 1], 50), -1), np.arange(201) == 200
    idf = np.ones(2, np.float32)
    return Reviews(counts, np.zeros((201, 1)), labels, np.ones(201), words, fields, idf)


def test_a_field_by_itself_learns_what_all_together_cannot():
    given = _made()
    alone = [given.fitted(Way(5.0, 0.0, 0.0), given.fields == at) for at in (0, 1)]
    assert alone[0][0][1] + alone[0][2] > 1 > -1 > alone[1][0][1] + alone[1][2]
    every, _, free = given.fitted(Way(5.0, 0.0, 0.0))
    assert abs(every[1] + free) < 0.2 < every[0] + free
    assert given.counts.data.tolist() == [1.0] * 201  # as they came


def test_opinion_words_weigh_what_the_model_says():
    """The word standing alone says 好 blames: nothing at weight 0, and more the more it weighs."""
    given = _made()
    on = [given.fitted(Way(1.0, weight, 0.0))[0][0] for weight in (0.0, 1.0, 50.0)]
    assert on[0] > on[1] > on[2]


def test_by_field_a_feature_counts_as_far_as_the_fields_agree():
    """大 means praise in field 0 and blame in field 1 (mirrored): its log ratios cancel, and it is stretched no more."""
    counts = sp.csr_matrix(np.array([[1, 0], [0, 1]] * 60, np.float32))
    labels, fields = np.array([1.0, 0.0] * 30 + [0.0, 1.0] * 30), np.repeat([0, 1], 60)
    ratios = [log_ratio(counts[fields == at], labels[fields == at], np.ones(60)) for at in (0, 1)]
    assert ratios[0][0] == pytest.approx(np.log(32 / 34) - np.log(2 / 34)) and np.mean(ratios, axis=0) == pytest.approx(
        [0, 0]
    )
    given = Reviews(
        counts, np.zeros((120, 1)), labels, np.ones(120), np.zeros(120, bool), fields, np.ones(2, np.float32)
    )
    for by_field in (False, True):
        assert np.abs(given.fitted(Way(1.0, 0.0, 0.0, by_field))[0]).max() < 1e-3


def test_penalised_logistic_model_agrees_with_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    design, dense, weights = rng.random((80, 3)).astype(np.float32), rng.random((80, 2)), rng.random(80) + 0.5
    labels = (rng.random(80) < 0.6).astype(float)
    peer = LogisticRegression(C=2.0, tol=1e-9, max_iter=5000).fit(np.column_stack([design, dense]), labels, weights)
    on_counts, on_dense, free = logistic(sp.csr_matrix(design), dense, labels, weights, 2.0, small=1e-12)
    assert np.concatenate([on_counts, on_dense]) == pytest.approx(peer.coef_[0], abs=2e-3)
    assert free == pytest.approx(peer.intercept_[0], abs=2e-3)


def test_typical_words_by_hand():
    """Word 0 stands in all texts of field 0 and none of field 1: log (101/1100) / (1/1050); word 1 the other way round."""
    counts = sp.csr_matrix(np.repeat([[1, 0], [0, 1]], [100, 50], axis=0).astype(np.float32))
    fields = np.repeat([0, 1], [100, 50])
    typical = typicality(counts, fields, [0])
    assert typical.shape == (2, 1) and typical[0, 0] == 3  # log 96.4 is more than the strongest
    few = typicality(counts[95:105], fields[95:105], [0, 1])
    assert few == pytest.approx(np.array([[np.log(6), -np.log(6)], [-np.log(6), np.log(6)]]), rel=1e-6)
    assert not typicality(counts, np.zeros(150, int), [0]).any()  # one field alone is typical of nothing


def test_calibration_by_hand():
    """Both scores have a slope of their own; in a field the shift grows, and length adds up to a limit."""
    stands = standing(np.array([[0, 0], [0.4, 0.6], [0, 1]]), np.array([5000, 300, 3000]))
    assert stands == pytest.approx(np.array([[0, 0], [1, 0], [1, np.log(2000 / 300)]]))
    scores = np.array([[2.0, 0.0], [0.0, 2.0], [0.0, 2.0]])
    got = calibrated(scores, stands, (0.5, 0.75, -0.1, 0.3, 0.2))
    assert got == pytest.approx([0.9, 1.7, 1.7 + 0.2 * np.log(2000 / 300)])
