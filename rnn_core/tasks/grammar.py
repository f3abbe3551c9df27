"""Tasks with a rule behind the sequence: the next symbol follows from what came before, some of the time."""

from dataclasses import replace
from functools import lru_cache
from math import log

import numpy as np

from rnn_core.tasks import typed
from rnn_core.tasks.memory import answer_at_end, at_least
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import Baseline, Batch, Sizes, Task, at_own_last, in_symbols, one_hot
from rnn_core.words import t


def draw_xor(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Bits in threes: two at random, then their exclusive or; at each step the answer is the next bit.

    Elman, "Finding structure in time" (1990), section "Exclusive-OR".
    """
    T, B = config.length, config.batch_size
    bits = rng.integers(0, 2, (T + 3, B))
    bits[2::3] = bits[0 : len(bits[2::3]) * 3 : 3] ^ bits[1 : len(bits[2::3]) * 3 : 3]
    x, y = bits[:T, None].astype(config.dtype), one_hot(bits[1 : T + 1], 2, config.dtype)
    return Batch(x, y, np.ones((T, B), config.dtype))


def encode_xor(text: str, config: Settings) -> Batch:
    """Bits; the next one is the answer, after the last where the two before decide it."""
    bits = typed.symbols(text, "01", typed.room(config))
    batch, N = typed.sequence(np.array(bits, float)[:, None], config, 2), len(bits)
    after = [*bits[1:], *([bits[-2] ^ bits[-1]] if N % 3 == 2 else [])]
    batch.y[: len(after)] = one_hot(np.array(after, int)[:, None], 2, config.dtype)
    batch.mask[: len(after)] = 1
    return batch._replace(answered=np.arange(config.length)[:, None] < N)


XOR = Task(
    name="xor",
    title=t("XOR stream: every third bit follows"),
    shape="many-to-many",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "Every third bit is the exclusive or of the two before it; the network must predict the next bit."
    ),
    baseline=lambda config: Baseline(
        t("no memory: ln 2"),
        log(2),
        t("no single bit predicts the next; whoever knows the rule gets two thirds of the way"),
    ),
    sizes=lambda config: Sizes(1, 2),
    draw=draw_xor,
    read=lambda x: f"{x[0]:.0f}",
    symbols=lambda config: ("0", "1"),
    encode=encode_xor,
    typing=lambda config: typed.any_of("01", config.length),
)

SYMBOLS = "BTSXPVE"
GRAMMAR = (  # Reber's automaton: from each node, symbol -> next node; who is at the end reads E and stays
    {"T": 1, "P": 2},
    {"S": 1, "X": 3},
    {"T": 2, "V": 4},
    {"X": 2, "S": 5},
    {"P": 3, "V": 5},
    {"E": 5},
)
END = 5
BRANCHES = [(list(node.items()) * 2)[:2] for node in GRAMMAR]
NEXT = np.array([[node for _, node in branches] for branches in BRANCHES])
READ = np.array([[SYMBOLS.index(symbol) for symbol, _ in branches] for branches in BRANCHES])
MAY = np.array([[symbol in node for symbol in SYMBOLS] for node in GRAMMAR])
SETS = tuple("".join(s for k, s in enumerate(SYMBOLS) if bits >> k & 1) or "∅" for bits in range(2 ** len(SYMBOLS)))


def walks(rng: np.random.Generator, steps: int, B: int) -> tuple[np.ndarray, np.ndarray]:
    """Random walks through the automaton: the nodes, (steps+1, B), and what is read between them, (steps, B)."""
    nodes, branch = np.zeros((steps + 1, B), int), rng.integers(0, 2, (steps, B))
    for k in range(steps):
        nodes[k + 1] = NEXT[nodes[k], branch[k]]
    return nodes, READ[nodes[:-1], branch]


def draw_reber(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Embedded Reber strings of at most T+1 symbols; at each step the answer is the set of symbols that may follow.

    B, then T or P, then a Reber string (B, a walk, E), the same T or P again, E. Hochreiter & Schmidhuber (1997),
    experiment 1. A walk that takes too long is thrown away.
    """
    T, B = config.length, config.batch_size
    nodes, read = walks(rng, T - 5, B)
    while (late := nodes[-1] != END).any():
        nodes[:, late], read[:, late] = walks(rng, T - 5, np.count_nonzero(late))
    outer = READ[0][rng.integers(0, 2, B)]
    end = 3 + (nodes[:-1] != END).sum(axis=0)  # the step that reads the inner string's E
    each, first, symbols = np.arange(B), SYMBOLS.index("B"), np.arange(len(SYMBOLS))

    string = np.full((T, B), SYMBOLS.index("E"))
    string[[0, 2]], string[1], string[3:-2] = first, outer, read
    string[end + 1, each] = outer
    follow = np.zeros((T, B, len(SYMBOLS)), bool)
    follow[[0, 2]], follow[1, :, first], follow[3:-2] = MAY[0], True, MAY[nodes[1:]]
    follow[end, each], follow[end + 1, each] = outer[:, None] == symbols, MAY[END]

    mask = np.arange(T)[:, None] < end + 2
    x = in_symbols(np.where(mask, string, -1), len(SYMBOLS), config.dtype)
    y = (follow & mask[..., None]).swapaxes(1, 2)
    return Batch(x, y.astype(config.dtype), mask.astype(config.dtype))


def encode_reber(text: str, config: Settings) -> Batch:
    """A string of the embedded grammar; from the first symbol on that the grammar does not allow, nobody knows."""
    batch = typed.letters(text, SYMBOLS, config, len(SYMBOLS))
    string = "".join(SYMBOLS[k] for k in batch.x[..., 0].argmax(axis=1)[batch.x[..., 0].any(axis=1)])
    for k, legal in enumerate(may_follow(string)):
        batch.y[k, [SYMBOLS.index(s) for s in legal]], batch.mask[k] = 1, 1
    return batch._replace(answered=np.arange(config.length)[:, None] < len(string))


def may_follow(string: str) -> list[str]:
    """What the embedded grammar allows after each symbol, up to the first that it does not allow or to its end."""
    outer, node, result, legal = string[1:2], 0, [""], "B"
    ends = ["", "E", outer]  # after the inner string: E, the second symbol again, E
    for k, symbol in enumerate(string):
        if symbol not in legal:
            break
        if k < 3:
            legal = ("TP", "B", "TP")[k]
        elif node != END:
            node = GRAMMAR[node][symbol]
            legal = "".join(GRAMMAR[node])
        else:
            legal = ends.pop()
        result.append(legal)
    return [legal for legal in result if legal]


@lru_cache
def reber_baseline(config: Settings) -> Baseline:
    """A model that sees only the present symbol: for each, how often each other may follow it, from 1,000 strings."""
    batch = draw_reber(np.random.default_rng(0), replace(config, batch_size=1000), "train")  # type: ignore[type-var]
    seen, answered = batch.x.argmax(axis=1), batch.mask > 0
    loss = 0.0
    for symbol in range(len(SYMBOLS)):
        follow = batch.y.transpose(0, 2, 1)[answered & (seen == symbol)].astype(float)
        if len(follow):
            p = follow.mean(axis=0).clip(1e-12, 1 - 1e-12)
            loss -= float((p * np.log(p) + (1 - p) * np.log(1 - p)).mean() * len(follow))
    return Baseline(t("this symbol alone"), loss / float(batch.mask.sum()), t("knowing only the present symbol"))


REBER = Task(
    name="reber",
    title=t("Reber grammar: what may come next?"),
    shape="many-to-many",
    loss="binary-cross-entropy",
    metric="exact match",
    question=lambda config: t(
        "The network reads a string of a small grammar and must predict which symbols may come next."
    ),
    baseline=reber_baseline,
    sizes=lambda config: Sizes(len(SYMBOLS), len(SYMBOLS)),
    draw=draw_reber,
    check=lambda config: at_least(9, t("the shortest string needs a length of at least {least}"), config),
    read=lambda x: SYMBOLS[int(x.argmax())] if x.any() else "",
    symbols=lambda config: SETS,
    encode=encode_reber,
    typing=lambda config: t(
        "{letters}, such as {example}", letters=typed.any_of(SYMBOLS, config.length), example="BTBTXSETE"
    ),
    defaults={"cell": "lstm"},
)

BITS = ("0", "1")


def draw_parity(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Bits, as many as T at most; at a sequence's last one the answer is whether its ones are odd.

    Half of the sequences are short, of 1 to 4 bits: from these one learns the rule. With T bits alone nobody does.
    """
    T, B = config.length, config.batch_size
    lengths = np.where(rng.random(B) < 0.5, rng.integers(1, min(4, T) + 1, B), rng.integers(1, T + 1, B))
    bits = np.where(np.arange(T)[:, None] < lengths, rng.integers(0, 2, (T, B)), -1)
    odd = (bits == 1).sum(axis=0) % 2
    return Batch(in_symbols(bits, 2, config.dtype), *at_own_last(lengths, odd, T, 2, config.dtype))


def encode_parity(text: str, config: Settings) -> Batch:
    """Bits; at the last one the answer is whether the ones are odd."""
    batch = typed.letters(text, BITS, config, 2)
    return answer_at_end(batch, int(batch.x[:, 1].sum()) % 2)


PARITY = Task(
    name="parity",
    title=t("Parity: is the number of ones odd?"),
    shape="many-to-one",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network reads ones and zeros and must predict, at the last of them, whether the ones are even or odd."
    ),
    baseline=lambda config: Baseline(
        t("guessing: ln 2"), log(2), t("without every single bit nothing is known: the missing one decides")
    ),
    sizes=lambda config: Sizes(2, 2),
    draw=draw_parity,
    check=lambda config: at_least(2, t("parity needs a length of at least {least}"), config),
    read=lambda x: BITS[int(x.argmax())] if x.any() else "",
    symbols=lambda config: ("even", "odd"),
    encode=encode_parity,
    typing=lambda config: typed.any_of(BITS, config.length),
    defaults={"cell": "gru", "batch_size": 32, "learning_rate": 0.01},
)
