"""One case for many values: a value that fails is told, and those after it are looked at all the same."""

import pytest

from tests.every import every


def test_every_value_that_fails_is_told():
    seen: list[int] = []

    @every(n=[1, 2, 3])
    def odd(n: int) -> None:
        """Or not."""
        seen.append(n)
        assert n == 2, "not two"

    with pytest.raises(BaseExceptionGroup, match="2 of 3 fail") as told:
        odd()
    assert seen == [1, 2, 3]
    assert [problem.__notes__ for problem in told.value.exceptions] == [["with n = '1'"], ["with n = '3'"]]
    assert (odd.__name__, odd.__doc__) == ("odd", "Or not.")


def test_an_expected_error_that_does_not_come_is_told_too():
    @every(n=[1])
    def refused(n: int) -> None:
        with pytest.raises(ValueError):
            int(n)

    with pytest.raises(BaseExceptionGroup, match="1 of 1 fail"):
        refused()


def test_no_value_at_all_is_a_failure():
    @every(n=[])
    def nothing(n: int) -> None:
        raise AssertionError

    with pytest.raises(AssertionError, match="there is no n"):
        nothing()
