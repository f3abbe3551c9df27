"""The glossary: every term stands on About, and a text that uses one leads to it, once."""

import re

import pytest

from rnn_core import Config
from tests.visiting import html, undisturbed, visit
from ui.playground.glossary import GLOSSARY, HTML, anchor, glossary, linked

__all__ = ["undisturbed"]  # a fixture that is used here as well


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_term_leads_to_where_it_stands(term: str):
    assert f'id="{anchor(term)}"' in glossary()
    assert linked(f"a {term} here, and {term}").count(f"](about#{anchor(term)})") == 1


def test_other_forms_lead_there_and_parts_of_words_do_not():
    assert linked("Gradients vanish.") == "Gradients [vanish](about#vanishing-gradient)."
    assert linked("clipping and gates", HTML).count("<a ") == 2
    assert linked("delegates, a bpttx") == "delegates, a bpttx"


def test_it_stands_on_about_and_the_pages_lead_to_it():
    assert glossary() in html(visit("about"))
    assert 'href="about#baseline"' in html(visit())
    assert 'href="about#perplexity"' in html(visit("text"))


def test_every_settings_help_says_more_than_its_name():
    for field in Config.fields().values():
        assert len(field.help.split()) >= 7, field.name
        assert not re.fullmatch(rf"(The )?{field.name.replace('_', ' ')}\.?", field.help, re.IGNORECASE)
