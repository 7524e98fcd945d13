"""Fields of the training reviews: which words are typical of one, and how near to each a new text stands.

A model held loosely knows hotels, books and computers best; one held tight, in which only what all of them say counts, knows
best what nobody has shown it. A new text is judged by a field's model as far as its words are typical of that field, and
otherwise by the tight one.
"""

import numpy as np

LEAST = 30  # texts of each label that make a field
OVERLAP = 0.5  # least overlap of the lengths of its praise and its blame
STRONGEST = 3.0  # log ratio of shares beyond which a word is not more typical
RARE = 1000.0  # one occurrence more, in so many, on every side of that ratio
PATIENCE = 30.0  # features of no field that stand beside every text, so that few words prove little
LENGTHS, MIDDLE = (60.0, 2000.0), 300.0  # numbers of features between which length counts (some 20 to 600 characters)
NEAR = (0.12, 0.3)  # mean typicality at which a text begins to belong to a field, and fully belongs


def fields_of_use(fields, labels, cells):
    """Which fields a text may stand near to, and which of them may have a model of their own: two boolean arrays.

    Both need enough texts of each label. A model of its own also needs praise and blame of the same lengths: where praise is
    long and blame is short (books), what is peculiar to the field would be how long its texts are.

    Parameters
    ----------
    fields, labels : array
        Field (from 0) and label of each text.
    cells : array of int
        Band of lengths of each text.
    """
    near = np.zeros(int(np.max(fields, initial=-1)) + 1, bool)
    apart = near.copy()
    for at in range(len(near)):
        sides = [cells[(fields == at) & (labels == side)] for side in (0, 1)]
        near[at] = min(map(len, sides)) >= LEAST
        if near[at]:
            shares = [np.bincount(side, minlength=cells.max() + 1) / len(side) for side in sides]
            apart[at] = np.minimum(*shares).sum() >= OVERLAP
    return near, apart


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
    """What a text's scores come to: far from all fields, and near them; two columns.

    Parameters
    ----------
    scores : array, texts by 1 + fields
        By the model for any text, and by that of each field.
    near : array, texts by fields
        From `nearness`.
    """
    away = 1 - near.sum(axis=1)
    return np.column_stack([scores[:, 0] * away, (scores[:, 1:] * near).sum(axis=1)])


def standing(near, size):
    """What the calibration knows of a text beside its scores: nearness to all fields, and that times its length (logarithm)."""
    near = near.sum(axis=1)
    return np.column_stack([near, near * np.log(np.clip(size, *LENGTHS) / MIDDLE)])


def calibrated(scores, stands, calibration):
    """Log-odds from scores: slopes far and near, shift, what nearness adds to it, and what length adds near the fields."""
    far, near, shift, lift, longer = calibration
    return scores[:, 0] * far + scores[:, 1] * near + shift + stands[:, 0] * lift + stands[:, 1] * longer
