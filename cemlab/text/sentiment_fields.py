"""Fields of the training reviews: which words are typical of one, and how near to each a new text stands.

A model that learns hotels, books and computers at once learns what holds in all of them only when each may keep its own
ways apart. A new text gets the own ways of a field as far as its words are typical of that field, and otherwise part of the
mean of all.
"""

import numpy as np

LEAST = 30  # texts of each label that make a field
OVERLAP = 0.5  # least overlap of the lengths of its praise and its blame
STRONGEST = 3.0  # log ratio of shares beyond which a word is not more typical
RARE = 1000.0  # one occurrence more, in so many, on every side of that ratio
PATIENCE = 30.0  # features of no field that stand beside every text, so that few words prove little
LENGTHS, MIDDLE = (60.0, 2000.0), 300.0  # numbers of features between which length counts (some 20 to 600 characters)
LENT = 0.6  # share of the mean of all fields' own ways that a text of none of them gets
NEAR = (0.1, 0.25)  # mean typicality at which a text begins to belong to a field, and fully belongs


def usable(fields, labels, cells):
    """Which fields may have ways of their own: boolean array, one value per field.

    Praise and blame must both be there, and in the same lengths: where praise is long and blame is short (books), what is
    peculiar to the field would be how long its texts are.

    Parameters
    ----------
    fields, labels : array
        Field (from 0) and label of each text.
    cells : array of int
        Band of lengths of each text.
    """
    out = np.zeros(int(np.max(fields, initial=-1)) + 1, bool)
    for at in range(len(out)):
        sides = [cells[(fields == at) & (labels == side)] for side in (0, 1)]
        if min(map(len, sides)) >= LEAST:
            shares = [np.bincount(side, minlength=cells.max() + 1) / len(side) for side in sides]
            out[at] = np.minimum(*shares).sum() >= OVERLAP
    return out


def typicality(counts, fields, chosen):
    """Log ratio of each feature's share in a field to its share in the others: one column per chosen field.

    Parameters
    ----------
    counts : sparse matrix, texts by features
    fields : array of int
        Field of each text.
    chosen : list of int
        Fields wanted.
    """
    present = counts.copy()
    present.data = np.ones_like(present.data)
    every = np.unique(fields)
    held = np.array([present.T @ (fields == at).astype(np.float32) for at in every], float)
    out = np.zeros((counts.shape[1], len(chosen)), np.float32)
    for column, at in enumerate(chosen if len(every) > 1 else ()):
        rest = held[every != at]
        own = (held[every == at][0] + 1) / (held[every == at].sum() + RARE)
        others = (rest.sum(axis=0) + len(rest)) / (rest.sum() + len(rest) * RARE)
        out[:, column] = np.clip(np.log(own / others), -STRONGEST, STRONGEST)
    return out


def nearness(total, size):
    """How far a text belongs to each field, at most 1 together.

    Parameters
    ----------
    total : array, texts by fields
        Sum of the typicality of a text's features.
    size : array
        Number of its features.
    """
    low, high = NEAR
    near = np.clip((total / (size[:, None] + PATIENCE) - low) / (high - low), 0, 1)
    return near / np.maximum(near.sum(axis=1, keepdims=True), 1)


def mixed(scores, near):
    """Score of each text from its scores (shared, and what each field adds) and its nearness to the fields."""
    apart = scores[:, 1:]
    if not apart.shape[1]:
        return scores[:, 0]
    away = 1 - near.sum(axis=1)
    return scores[:, 0] + (apart * near).sum(axis=1) + LENT * away * apart.mean(axis=1)


def standing(near, size):
    """What the calibration knows of a text beside its score: nearness to all fields, and that times its length (logarithm)."""
    near = near.sum(axis=1)
    return np.column_stack([near, near * np.log(np.clip(size, *LENGTHS) / MIDDLE)])


def calibrated(scores, stands, calibration):
    """Log-odds from scores: slope and shift, what nearness adds to each, and what length adds to the shift near the fields."""
    slope, shift, gain, lift, longer = calibration
    return (slope + gain * stands[:, 0]) * scores + shift + stands @ (lift, longer)
