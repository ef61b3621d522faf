"""Scope: what the architecture has and no rule here describes, from the table of the model."""

from markup import Text, literal

from spec.mmu.scope import OUT_OF_SCOPE


def table() -> str:
    """Return the table of what is out of scope."""
    text = Text()
    rows = [(literal(one.name), ", ".join(one.features), one.reason) for one in OUT_OF_SCOPE]
    text.table(("Control", "Feature", "What the rules here do not describe"), rows, kind="fields", widths="30 20 50")
    return str(text)
