"""The field's words, a sentence or two each, and the links to them from wherever a text uses one."""

import re
from html import escape

GLOSSARY = {
    "hidden state": "hₜ, the H numbers that a recurrent network computes at step t from the input xₜ and from hₜ₋₁. "
    "It is all that the network can remember.",
    "unrolled": "Drawn once for every time step, side by side. The weights are the same in every column: W_xh, W_hh, "
    "W_hy.",
    "BPTT": "Backpropagation through time: backpropagation in the unrolled network, from the last step to the first. "
    "∂L/∂hₜ is the part through yₜ plus the part through hₜ₊₁; every step adds its share to ∂L/∂W.",
    "truncated BPTT": "Cutting the sequence into blocks that no gradient crosses. The state is handed on, so a network "
    "can still use what it carries, but it cannot learn to carry it further.",
    "vanishing gradient": "∂L/∂hₜ shrinks by a factor at each step back, because each multiplies by the Jacobian "
    "∂hₜ₊₁/∂hₜ. What lies far back then hardly changes the weights; learning it starts slowly, or never.",
    "exploding gradient": "The same product growing step by step. One update then throws the weights far away.",
    "gradient clipping": "Bounding the gradient before the update. By norm it is shortened and keeps its direction, by "
    "value it is turned. It helps against exploding gradients and does nothing about vanishing ones.",
    "gate": "Numbers between 0 and 1, computed from xₜ and hₜ₋₁, that multiply a signal: what an LSTM forgets, lets "
    "in and lets out, what a GRU resets and keeps.",
    "residual connection": "A path that adds a layer's or a step's input to its output, so that its Jacobian is the "
    "identity plus something, and gradients have a way past.",
    "encoder": "The network that reads the whole input; the decoder starts from its last state and writes the output. "
    "All that the decoder knows of the input is in that one vector.",
    "teacher forcing": "In training the decoder reads the right symbol of the step before, whatever it predicted.",
    "free-running": "Reading its own predictions, as when it is used. An error then changes all that follows.",
    "baseline": "What a simple rule scores on the same task. A network that is no better has learned nothing.",
    "persistence": "The rule that the next value is the present one. On many series it is hard to beat.",
    "held out": "Never trained on. Only there one sees whether a network has learned the rule or the examples.",
    "overfitting": "The training loss goes on falling while the held-out loss rises: it learns the examples by heart.",
    "accuracy": "The share of predictions that are right. Exact match counts a prediction only if all of it is right.",
    "perplexity": "exp(loss): among how many equally likely symbols the network chooses, on average.",
    "temperature": "Divides the outputs before the softmax when symbols are drawn. Low is careful, high is wild.",
    "attention": "Looking at all steps directly, weighted by how well they fit, instead of through one state. The path "
    "between two steps is then one step long, and the cost of a sequence grows with its square.",
}
SPELLED = {  # where a term has other forms
    "vanishing gradient": r"vanish\w*",
    "exploding gradient": r"explod\w*",
    "gradient clipping": r"(?:gradient )?clipping",
    "gate": r"gates?",
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
