"""The five shapes of a sequence task: how many steps are read, how many are answered. A shape is data; no loop asks
for it.

Karpathy, "The unreasonable effectiveness of recurrent neural networks" (2015), drew these five.
"""

from typing import NamedTuple

from rnn_core.registry import Registry
from rnn_core.words import t


class Shape(NamedTuple):
    """title: for people. feeds_back: later inputs are the network's own last answers. decoder: a second network
    answers.
    """

    title: str
    feeds_back: bool = False
    decoder: bool = False


SHAPES = Registry(
    "shape",
    {
        "one-to-one": Shape(t("one → one")),
        "one-to-many": Shape(t("one → many"), feeds_back=True),
        "many-to-one": Shape(t("many → one")),
        "many-to-many": Shape(t("many → many, step by step")),
        "encoder-decoder": Shape(t("many → many, after reading all"), feeds_back=True, decoder=True),
    },
)
