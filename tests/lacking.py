"""What a test needs that a machine may not have."""

import os
from typing import NoReturn

import pytest


def lacking(sentence: str) -> NoReturn:
    """Skip the test and say what installs it; fail where CI=true, which asks for every test."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
