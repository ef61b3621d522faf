"""Records: frozen attrs classes, and those of them that a walk makes by the thousand.

A frozen record sets each field through a call, which for a record of fifteen fields takes longer than most rules.
:func:`lean` makes the construction of a record as fast as that of one that can be changed: the fields are set
while the object is of a twin class that is not frozen.
"""

from typing import Any, TypeVar

import attrs

from spec.lang.errors import LanguageError

C = TypeVar("C", bound=type)


def lean(record: C) -> C:
    """Make a frozen record class fast to construct; it stays frozen, and means the same.

    >>> import attrs
    >>> @lean
    ... @attrs.frozen(weakref_slot=False)
    ... class Pair:
    ...     low: int
    ...     high: int = 7
    >>> Pair(3)
    Pair(low=3, high=7)
    """
    fields = attrs.fields(record)
    slots = vars(record).get("__slots__", ("__weakref__",))
    if "__weakref__" in slots or any(field.converter or field.validator for field in fields):
        raise LanguageError(f"{record.__name__} is no plain record: attrs.frozen(weakref_slot=False)")
    twin = type(record.__name__, record.__bases__, {"__slots__": slots})
    names: dict[str, Any] = {
        "_become": object.__dict__["__class__"].__set__,
        "_twin": twin,
        "_record": record,
        "_defaults": {field.name: field.default for field in fields},
    }
    given = ", ".join(
        field.name if field.default is attrs.NOTHING else f"{field.name}=_defaults[{field.name!r}]" for field in fields
    )
    lines = [f"    self.{field.name} = {field.name}" for field in fields]
    body = ["    _become(self, _twin)", *lines, "    self.__class__ = _record"]
    exec("\n".join([f"def __init__(self, {given}):", *body]), names)
    names["__init__"].__annotations__ = getattr(vars(record)["__init__"], "__annotations__", {})
    setattr(record, "__init__", names["__init__"])  # noqa: B010  # to the type checker, an instance's
    return record
