"""The field's words, a sentence or two each, and the links to them from wherever a text uses one."""

import re
from html import escape

from rnn_core.words import t

GLOSSARY = {
    t("hidden state"): t(
        "hₜ, the H numbers that a recurrent network computes at step t from the input xₜ and from hₜ₋₁. "
        "It is all that the network can remember."
    ),
    t("unrolled"): t(
        "Drawn once for every time step, side by side. The weights are the same in every column: W_xh, W_hh, W_hy."
    ),
    t("BPTT"): t(
        "Backpropagation through time: backpropagation in the unrolled network, from the last step to the first. "
        "∂L/∂hₜ is the part through yₜ plus the part through hₜ₊₁; every step adds its share to ∂L/∂W."
    ),
    t("truncated BPTT"): t(
        "Cutting the sequence into blocks that no gradient crosses. The state is handed on, so a network "
        "can still use what it carries, but it cannot learn to carry it further."
    ),
    t("vanishing gradient"): t(
        "∂L/∂hₜ shrinks by a factor at each step back, because each multiplies by the Jacobian "
        "∂hₜ₊₁/∂hₜ. What lies far back then hardly changes the weights; learning it starts slowly, or never."
    ),
    t("exploding gradient"): t("The same product growing step by step. One update then throws the weights far away."),
    t("gradient clipping"): t(
        "Bounding the gradient before the update. By norm it is shortened and keeps its direction, by "
        "value it is turned. It helps against exploding gradients and does nothing about vanishing ones."
    ),
    t("gate"): t(
        "Numbers between 0 and 1, computed from xₜ and hₜ₋₁, that multiply a signal: what an LSTM forgets, lets "
        "in and lets out, what a GRU resets and keeps."
    ),
    t("residual connection"): t(
        "A path that adds a layer's or a step's input to its output, so that its Jacobian is the "
        "identity plus something, and gradients have a way past."
    ),
    t("encoder"): t(
        "The network that reads the whole input; the decoder starts from its last state and writes the output. "
        "All that the decoder knows of the input is in that one vector."
    ),
    t("teacher forcing"): t(
        "In training the decoder reads the right symbol of the step before, whatever it predicted."
    ),
    t("free-running"): t("Reading its own predictions, as when it is used. An error then changes all that follows."),
    t("baseline"): t("What a simple rule scores on the same task. A network that is no better has learned nothing."),
    t("persistence"): t("The rule that the next value is the present one. On many series it is hard to beat."),
    t("held out"): t("Never trained on. Only there one sees whether a network has learned the rule or the examples."),
    t("overfitting"): t(
        "The training loss goes on falling while the held-out loss rises: it learns the examples by heart."
    ),
    t("accuracy"): t(
        "The share of predictions that are right. Exact match counts a prediction only if all of it is right."
    ),
    t("perplexity"): t("exp(loss): among how many equally likely symbols the network chooses, on average."),
    t("temperature"): t("Divides the outputs before the softmax when symbols are drawn. Low is careful, high is wild."),
    t("attention"): t(
        "Looking at all steps directly, weighted by how well they fit, instead of through one state. The path "
        "between two steps is then one step long, and the cost of a sequence grows with its square."
    ),
}
SPELLED = {  # where a term has other forms, as a regular expression
    t("vanishing gradient"): t(r"vanish\w*"),
    t("exploding gradient"): t(r"explod\w*"),
    t("gradient clipping"): t(r"(?:gradient )?clipping"),
    t("gate"): t(r"gates?"),
}


MARKDOWN = "[{word}](about#{anchor})"
HTML = '<a href="about#{anchor}" target="_blank">{word}</a>'


def anchor(term: str) -> str:
    """Where a term stands on About."""
    return term.lower().replace(" ", "-")


def glossary() -> str:
    """All terms, as HTML."""
    rows = [f'<div id="{anchor(term)}"><dt>{term}</dt><dd>{escape(text)}</dd></div>' for term, text in GLOSSARY.items()]
    return f'<dl class="glossary">{"".join(rows)}</dl>'


def linked(text: str, form: str = MARKDOWN) -> str:
    """A text in which each term of the glossary, where it stands first, leads to it. form: of a link."""
    ways = "|".join(f"(?P<t{k}>{SPELLED.get(term, re.escape(term))})" for k, term in enumerate(GLOSSARY))
    terms, seen = list(GLOSSARY), set()

    def link(match: re.Match[str]) -> str:
        term = terms[int(str(match.lastgroup)[1:])]
        if term in seen:
            return match[0]
        seen.add(term)
        return form.format(word=match[0], anchor=anchor(term))

    return re.sub(rf"\b(?:{ways})\b", link, text, flags=re.IGNORECASE)
