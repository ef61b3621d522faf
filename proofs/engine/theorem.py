"""Theorems: plain functions over symbolic inputs that return what they claim.

A theorem is a function; its name is a sentence, its docstring the statement, the annotations of its parameters say
what is symbolic. It returns a :class:`Claim`. Like every function of the specification it can be run on plain
values, which is how a counterexample is replayed::

    @theorem(granule=GRANULES)
    def the_output_stays_in_its_block(granule: Granule, ipa: Address, ...) -> Claim:
        '''Two addresses of one block have output addresses in one block.'''

The keywords of :func:`theorem` name the parameters over whose values it is split: one *obligation* each.

A theorem about a rule may be a *lemma*: ``@theorem(about=walk_tables)``. Its parameters are then those of the rule,
those that begin with ``other_`` those of a second call. A theorem that ``uses`` lemmas is proved for whatever the
rule returns on an arbitrary memory, given what the lemmas say of each call and of each two calls.
"""

import enum
import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from spec.lang import Rule, rule_of


@attrs.frozen
class Claim:
    """What a theorem says of its inputs."""

    given: bool
    """The premise: the inputs of which the theorem speaks."""
    reaching: bool
    """The case that the conclusion is about: a mapped leaf, a fault that is taken."""
    holds: bool
    """The conclusion."""
    fails_of: tuple[str, ...] = attrs.field(default=(), eq=False, repr=False)
    """Of what the conclusion fails, where it is about many things and the inputs are plain numbers."""


@attrs.frozen
class Theorem:
    """A theorem, by its name."""

    name: str
    """Room, module and sentence: ``mmu.shadow.permissions_never_exceed_the_guest``."""
    statement: str
    """The statement in English."""
    function: Callable[..., Claim]
    """The function that makes the claim."""
    cases: dict[str, Sequence[Any]]
    """The parameters over whose values it is split."""
    about: Rule | None = None
    """The rule that it is a lemma about."""
    uses: tuple["Theorem", ...] = ()
    """The lemmas that its proof takes for granted."""
    case_of: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Of a lemma: the case that the arguments of a call belong to."""
    example: Callable[..., dict[str, Any]] | None = None
    """Plain arguments for a case, that satisfy the premise and reach the case; a solver finds some where missing."""

    def obligations(self) -> Iterator["Obligation"]:
        """Yield the obligations, one for each combination of cases."""
        for values in itertools.product(*self.cases.values()):
            yield Obligation(self, dict(zip(self.cases, values, strict=True)))

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The symbolic parameters."""
        given = inspect.signature(self.function, eval_str=True).parameters
        return {name: parameter for name, parameter in given.items() if name not in self.cases}


@attrs.frozen
class Obligation:
    """A theorem applied to one case of its parameters."""

    theorem: Theorem
    """The theorem."""
    case: dict[str, Any]
    """The values of the parameters it is split over."""

    @property
    def name(self) -> str:
        """The name of the theorem, with the case in brackets."""
        if not self.case:
            return self.theorem.name
        parts = ",".join(f"{name}={label(value)}" for name, value in self.case.items())
        return f"{self.theorem.name}[{parts}]"


def label(value: object) -> str:
    """Return how a case is read aloud: ``4K``, ``write``."""
    if isinstance(value, enum.Enum):
        return str(getattr(value, "label", value.name))
    return str(getattr(value, "__name__", value))


THEOREMS: dict[str, Theorem] = {}
"""Every theorem that has been imported, by name."""


def theorem(
    *,
    about: Callable[..., Any] | None = None,
    case_of: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    uses: Sequence[Callable[..., Claim]] = (),
    example: Callable[..., dict[str, Any]] | None = None,
    **cases: Sequence[Any],
) -> Callable[[Callable[..., Claim]], Callable[..., Claim]]:
    """Make a function a theorem, split over the values of the named parameters."""

    def decorate(function: Callable[..., Claim]) -> Callable[..., Claim]:
        name = name_of(function)
        statement = inspect.getdoc(function)
        if not statement:
            raise ValueError(f"the theorem {name} has no statement: write it as the docstring")
        if name in THEOREMS:
            raise ValueError(f"two theorems are called {name}")
        rule = rule_of(about) if about else None
        lemmas = tuple(THEOREMS[name_of(lemma)] for lemma in uses)
        made = Theorem(name, " ".join(statement.split()), function, dict(cases), rule, lemmas, case_of, example)
        _refuse_bad_cases(made)
        THEOREMS[name] = made
        return function

    return decorate


def _refuse_bad_cases(made: Theorem) -> None:
    """Refuse a split that leaves nothing to prove, or two obligations of one name: one of them would be lost."""
    unknown = set(made.cases) - set(inspect.signature(made.function).parameters)
    if unknown:
        raise ValueError(f"the theorem {made.name} has no parameter {', '.join(sorted(unknown))}")
    names = [obligation.name for obligation in made.obligations()]
    if not names:
        raise ValueError(f"the theorem {made.name} is split over no case: there is nothing to prove")
    if len(set(names)) < len(names):
        raise ValueError(f"two cases of the theorem {made.name} have one name")


def name_of(function: Callable[..., Any]) -> str:
    """Return the name of the theorem that a function is."""
    return function.__module__.removeprefix("proofs.") + "." + function.__name__
