"""Scope: what the architecture has and no rule here describes, from the table of the model."""

from markup import Text, literal

from spec.access.scope import OUT_OF_SCOPE as LEFT_OUT
from spec.mmu.scope import OUT_OF_SCOPE


def translation() -> str:
    """Return the table of what translation leaves out."""
    text = Text()
    rows = [(literal(one.name), ", ".join(one.features), one.reason) for one in OUT_OF_SCOPE]
    text.table(("Control", "Feature", "What the rules here do not describe"), rows, kind="fields", widths="30 20 50")
    return str(text)


def accesses() -> str:
    """Return the table of what accesses leave out."""
    text = Text()
    rows = [(one.feature, ", ".join(map(literal, one.names)), one.reason) for one in LEFT_OUT]
    text.table(("Feature", "Names", "What the rules here do not describe"), rows, kind="fields", widths="20 20 60")
    return str(text)
