"""Feature sets: the machine of an observation, from FEAT_ names or by the name of a set.

A file ``features.json`` beside the observations may define sets; they go before those that the project ships.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import attrs

from nvspec.errors import InputError
from nvspec.observations.decoding import (
    RefusalError,
    each,
    integer,
    mapping,
    misfit,
    parsed,
    reason,
    record_of,
    text,
    unknown,
)
from nvspec.observations.fields import Registers
from spec.features import ARCHITECTURE_FEATURES, unmet, with_implied

SHIPPED_FEATURE_SETS = Path(__file__).parents[1] / "feature_sets.json"
"""The named feature sets that come with the project."""

PARANGE = integer(32, 36, 40, 42, 44, 48, 52, 56)
"""Decodes implemented physical address bits."""


def feature(value: Any) -> str:
    """Decode a FEAT_ name of the architecture."""
    name = text(value)
    if name not in ARCHITECTURE_FEATURES:
        raise unknown("feature", name, ARCHITECTURE_FEATURES)
    return name


def features(value: Any) -> tuple[str, ...]:
    """Decode a list of FEAT_ names, of which none lacks one that it needs."""
    names: tuple[str, ...] = each(feature)(value)
    if missing := unmet(with_implied(names)):
        raise RefusalError(missing)
    return names


@attrs.frozen
class FeatureSet:
    """The machine of an observation: which features it has, the others being absent."""

    names: frozenset[str]
    """FEAT_ names, as given; :func:`spec.features.with_implied` adds what they imply."""
    pa_max: int
    """Implemented physical address bits; 48 for an ``access`` with a list of features: it does not matter."""
    id_registers: Mapping[str, int]
    """Values of identification registers, where a named set gives them."""


@attrs.frozen
class _NamedSet:
    """One entry of a file of feature sets."""

    parange: Annotated[int, PARANGE]
    features: Annotated[tuple[str, ...], features]
    note: Annotated[str, text] = ""
    id_registers: Registers = attrs.Factory(dict)


class FeatureSets:
    """The feature sets that an observation file can name: those beside it, then the shipped ones."""

    def __init__(self, observations: Path) -> None:
        self._files = (observations.parent / "features.json", SHIPPED_FEATURE_SETS)
        self._named: dict[str, FeatureSet] | None = None

    def machine(self, given: Any, parange: int | None, of_a_list: int | None) -> FeatureSet:
        """Return the machine that a line describes by its ``features`` and ``parange``."""
        if isinstance(given, str):
            named = self._by_name(given)
            return named if parange is None else attrs.evolve(named, pa_max=parange)
        if not isinstance(given, list):
            misfit("a list of FEAT_ names or the name of a feature set", given)
        names = frozenset(features(given))
        if of_a_list is None:
            raise RefusalError('a list needs the key "parange" beside it')
        return FeatureSet(names, of_a_list, {})

    def _by_name(self, name: str) -> FeatureSet:
        if self._named is None:
            beside, shipped = map(self._read, self._files)
            self._named = shipped | beside
        if name not in self._named:
            raise unknown("feature set", name, self._named)
        return self._named[name]

    @staticmethod
    def _read(path: Path) -> dict[str, FeatureSet]:
        """Return the sets of one file; none where there is no file."""
        try:
            found = mapping(text, record_of(_NamedSet))(parsed(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, RefusalError) as error:
            raise InputError(str(path), None, reason(error)) from error
        return {
            name: FeatureSet(frozenset(entry.features), entry.parange, entry.id_registers)
            for name, entry in found.items()
        }
