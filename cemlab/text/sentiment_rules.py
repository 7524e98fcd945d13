"""What grammar decides in short texts: praise denied is no praise, plain words mean what they say, a contrast turns."""

import numpy as np

DENIED_WORDS = 8  # longest text, in words, in which a denial decides
CONTRAST_WORDS = 14
FLOOR = 0.7  # log-odds that one reading gives at least
FIRM, WEAK = 1.5, 0.5  # log-odds of the other side that plain complaints and plain praise do not turn


def with_grammar(scores, opinions):
    """Scores of short texts set right where their opinion words leave one reading.

    Parameters
    ----------
    scores : numpy.ndarray
        Log-odds of praise.
    opinions : numpy.ndarray
        From `cemlab.text.features.read`.

    Returns
    -------
    numpy.ndarray
        Up to 8 words whose only opinion words are denied praise (不是很满意) are negative, those with nothing but denied
        complaints (一点也不吵) positive; with nothing but complaints negative, unless the model is firm; with nothing but
        praise positive, where the model hesitates. Up to 14 words with nothing but complaints after a contrast word (不错，
        但是太慢) are not positive, with nothing but praise after it not negative.
    """
    praise, no_praise, blame, no_blame = (opinions[:, at] > 0 for at in range(4))
    only_good, only_bad = opinions[:, 12] > 0, opinions[:, 13] > 0  # after a contrast word
    words = np.expm1(3 * opinions[:, 14])
    short, size = words <= DENIED_WORDS + 0.5, np.maximum(np.abs(scores), FLOOR)
    out = np.where(short & no_praise & ~praise & ~no_blame, -size, scores)
    out = np.where(short & no_blame & ~praise & ~no_praise & ~blame, size, out)
    plain = short & blame & ~praise & ~no_praise & ~no_blame & (out < FIRM)
    out = np.where(plain, np.minimum(out, -FLOOR), out)
    out = np.where(short & praise & ~no_praise & ~blame & ~no_blame & (out > -WEAK), np.maximum(out, FLOOR), out)
    mixed = words <= CONTRAST_WORDS + 0.5
    out = np.where(mixed & only_bad & ~only_good, np.minimum(out, 0.0), out)
    return np.where(mixed & only_good & ~only_bad, np.maximum(out, 0.0), out)
