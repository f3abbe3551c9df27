"""What counting gets you: how well the n letters before foretell the next one. Every network is measured against it.

Interpolated Witten–Bell estimate (Witten & Bell, IEEE Trans. Information Theory 37, 1991; as in Chen & Goodman,
TR-10-98, 1998, section 2.5). With c(·) the counts in the training part, n(h) how many kinds followed h there:

    p_k(w | h) = (c(hw) + n(h) p_{k−1}(w | h′)) / (c(h) + n(h)),  h′: h without its first letter,  p_0 = 1 / kinds

A context that never occurred leaves p_{k−1}. Nothing is tuned, and every letter has a probability above 0.
"""

import numpy as np


def surprises(codes: np.ndarray, cut: int, stop: int, kinds: int, order: int) -> np.ndarray:
    """−ln p_k of each letter from cut up to stop, (order, stop − cut), k = 1 … order: no context, the
    bigram, and so on.

    codes (N,): the letters as numbers below `kinds`; counted is what stands before cut. Raises ValueError where
    kinds ** order leaves 63 bits or the training part is shorter than order.
    """
    if kinds**order >= 2**63:
        raise ValueError(f"order is {order}; with {kinds} kinds of letters it must be less, for counts to fit 63 bits")
    if cut < order:
        raise ValueError(f"cut is {cut}; the training part must have at least {order} letters")
    p = np.full(stop - cut, 1 / kinds)
    grams = np.zeros(len(codes), np.int64)  # the letter at i and the k − 1 before it as one number
    rows = []
    for k in range(1, order + 1):
        grams[k - 1 :] += codes[: len(codes) - k + 1].astype(np.int64) * kinds ** (k - 1)
        seen, count = np.unique(grams[k - 1 : cut], return_counts=True)
        context, first = np.unique(seen // kinds, return_index=True)
        total, followers = np.add.reduceat(count, first), np.diff([*first, len(seen)])
        here = grams[cut:stop]
        c, n, h = _of(seen, count, here), _of(context, followers, here // kinds), _of(context, total, here // kinds)
        p = np.where(h > 0, (c + n * p) / np.maximum(h + n, 1), p)
        rows.append(-np.log(p))
    return np.array(rows)


def _of(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """values[i] where keys[i] is what is wanted, 0 where that is none of the sorted keys."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0)
