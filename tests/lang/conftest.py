"""Fixtures of the tests of the language."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from spec.lang import RULES, LanguageError, forget

Refused = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _own_rules() -> Iterator[None]:
    """Forget the rules and the summaries of a test when it ends."""
    before = set(RULES)
    yield
    for name in set(RULES) - before:
        del RULES[name]
    forget()


@pytest.fixture
def refused(request: pytest.FixtureRequest) -> Refused:
    """A context in which a LanguageError with a reason is due, which starts with the line of the test."""
    file = str(request.path)

    @contextmanager
    def expect(reason: str) -> Iterator[None]:
        with pytest.raises(LanguageError, match=reason) as caught:
            yield
        lines = [entry.lineno + 1 for entry in caught.traceback if str(entry.path) == file]
        assert str(caught.value).startswith(f"{file}:{lines[-1]}: ")

    return expect
