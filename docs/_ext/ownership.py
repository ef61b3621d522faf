"""Who owns EL2: the state machine of the stub's calls, made by asking the rules."""

import html
import math

from markup import Text, literal

from nvspec.stub_calls import KERNEL, NEWEST, answer, asked
from spec.hypstub.machine import Owner
from spec.hypstub.numbering import LINUX, call_of

NUMBERS = {call_of(NEWEST.numbering, number).name: number for number in range(NEWEST.numbering.NR)}
"""The calls of the stub by name, with their numbers."""
SERVICES = {"initialise": KERNEL.initialise, "finalise": KERNEL.finalise}
"""The calls of the hypervisor itself that change who owns EL2."""


def edges() -> dict[tuple[Owner, Owner], list[str]]:
    """Return the calls that lead from one owner to another, or that an owner does without leaving."""
    found: dict[tuple[Owner, Owner], list[str]] = {}
    for owner in Owner:
        for name, number in (NUMBERS | SERVICES).items():
            after = asked(owner, number)
            if after.cpu.owner != owner:
                found.setdefault((owner, after.cpu.owner), []).append(name)
    return found


def drawing() -> str:
    """Return the diagram as HTML: the owners on an ellipse, an arrow for each pair with a call."""
    width, height = 760, 420
    places = {}
    for index, owner in enumerate(Owner):
        angle = 2 * math.pi * index / len(Owner) - math.pi / 2
        places[owner] = (width / 2 + 290 * math.cos(angle), height / 2 + 165 * math.sin(angle))
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="Who owns EL2" style="max-width:100%">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>',
    ]
    for (one, other), names in edges().items():
        (x1, y1), (x2, y2) = places[one], places[other]
        length = math.hypot(x2 - x1, y2 - y1)
        dx, dy = (x2 - x1) / length, (y2 - y1) / length
        # Beside the line, so that two arrows between two owners stay apart.
        ox, oy = -dy * 9, dx * 9
        start, end = (x1 + dx * 62 + ox, y1 + dy * 24 + oy), (x2 - dx * 66 + ox, y2 - dy * 26 + oy)
        middle = ((start[0] + end[0]) / 2 + ox, (start[1] + end[1]) / 2 + oy)
        parts.append(
            f'<line x1="{start[0]:.0f}" y1="{start[1]:.0f}" x2="{end[0]:.0f}" y2="{end[1]:.0f}" '
            'stroke="currentColor" marker-end="url(#tip)"/>'
        )
        label = html.escape(", ".join(names))
        parts.append(
            f'<text x="{middle[0]:.0f}" y="{middle[1]:.0f}" font-size="11" text-anchor="middle" '
            f'fill="currentColor">{label}</text>'
        )
    for owner, (x, y) in places.items():
        parts.append(
            f'<rect x="{x - 62:.0f}" y="{y - 16:.0f}" width="124" height="32" fill="none" stroke="currentColor"/>'
            f'<text x="{x:.0f}" y="{y + 5:.0f}" font-size="13" text-anchor="middle" fill="currentColor">'
            f"{owner.name}</text>"
        )
    return "".join([*parts, "</svg>"])


def written() -> str:
    """Return the page: the diagram, its arrows in a table, and what each owner makes of each call."""
    text = Text()
    with text.directive("raw", "html"):
        text.add(drawing())
    arrows = [
        (literal(one.name), ", ".join(map(literal, names)), literal(other.name))
        for (one, other), names in edges().items()
    ]
    text.table(("Owner", "Calls", "Owner afterwards"), arrows)
    rows = [
        (literal(name), hex(number), *(answer(owner, number) for owner in Owner))
        for name, number in (NUMBERS | SERVICES).items()
    ]
    text.table(("Call", "Number", *(literal(owner.name) for owner in Owner)), rows)
    versions = []
    for name, one in LINUX.items():
        numbers = [literal(call_of(one.numbering, number).name) for number in range(5)]
        versions.append((literal(name), *numbers, literal(hex(one.numbering.error))))
    text.heading("Every numbering", "-")
    text.table(("Version", "0", "1", "2", "3", "4", "Error"), versions)
    return str(text)
