"""Sequence diagrams: who does what to whom, step by step, as an SVG drawing and as a table."""

import html
from collections.abc import Mapping, Sequence

import attrs
from markup import Text, literal

LIFELINES = ("guest", "guest hypervisor", "host hypervisor", "hardware")
"""Who takes part: the guest of the guest hypervisor (L2), the guest hypervisor (L1), the host hypervisor (L0)."""
SHORT = {"guest": "L2", "guest hypervisor": "L1", "host hypervisor": "L0", "hardware": ""}
"""Their short names."""

WIDTH, LEFT, APART, TOP, ROW = 860, 90, 220, 62, 50
"""The measures of a drawing."""


@attrs.frozen
class Step:
    """One step: what one does, to another or by itself."""

    source: str
    """Who does it."""
    target: str
    """To whom."""
    says: str
    """What, in a few words."""
    values: Mapping[str, str] = attrs.field(factory=dict)
    """What was computed, by name."""


def drawing(steps: Sequence[Step], label: str) -> str:
    """Return the diagram as HTML."""
    height = TOP + ROW * len(steps) + 10
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{html.escape(label)}" style="max-width:100%">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>',
    ]
    for index, name in enumerate(LIFELINES):
        x = LEFT + index * APART
        short = f" ({SHORT[name]})" if SHORT[name] else ""
        parts.append(
            f'<rect x="{x - 80}" y="6" width="160" height="28" fill="none" stroke="currentColor"/>'
            f'<text x="{x}" y="25" font-size="13" text-anchor="middle" fill="currentColor">{name}{short}</text>'
            f'<line x1="{x}" y1="34" x2="{x}" y2="{height}" stroke="currentColor" stroke-dasharray="3 4" opacity=".5"/>'
        )
    for number, step in enumerate(steps, 1):
        parts.append(_arrow(step, number, TOP + ROW * number - 18))
    return "".join([*parts, "</svg>"])


def _arrow(step: Step, number: int, y: int) -> str:
    """Return the arrow of a step at a height, with its number and what it says."""
    start, end = (LEFT + LIFELINES.index(name) * APART for name in (step.source, step.target))
    words = html.escape(f"{number}. {step.says}")
    if start == end:
        path = f"M{start} {y - 12}h26v16h-24"
        # On the last lifeline there is no room beyond it.
        anchor, x = ("end", start - 8) if step.source == LIFELINES[-1] else ("start", start + 34)
        drawn = f'<path d="{path}" fill="none" stroke="currentColor" marker-end="url(#tip)"/>'
        return drawn + _words(x, y, words, anchor)
    inside = 3 if end > start else -3
    drawn = f'<line x1="{start}" y1="{y}" x2="{end - inside}" y2="{y}" stroke="currentColor" marker-end="url(#tip)"/>'
    first = next((f"{name} = {value}" for name, value in step.values.items()), "")
    below = _words((start + end) // 2, y + 14, html.escape(first), "middle", size=10)
    return drawn + _words((start + end) // 2, y - 7, words, "middle") + below


def _words(x: int, y: int, words: str, anchor: str, size: int = 12) -> str:
    """Return a text on the colour of the page, so that no lifeline runs through it."""
    style = "paint-order:stroke;stroke:var(--color-background-primary);stroke-width:5px"
    place = f'x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {place} fill="currentColor" style="{style}">{words}</text>'


def written(steps: Sequence[Step], label: str) -> str:
    """Return the diagram, and what was computed at each step in a table."""
    text = Text()
    with text.directive("raw", "html"):
        text.add(drawing(steps, label))
    rows = []
    for number, step in enumerate(steps, 1):
        values = "\n\n".join(f"{name} = {literal(value)}" for name, value in step.values.items())
        who = step.source if step.source == step.target else f"{step.source} → {step.target}"
        rows.append((str(number), who, step.says, values))
    text.table(("", "Who", "What", "Computed"), rows)
    return str(text)
