"""Bit diagrams: the fields of a register or a descriptor as rows of 32 bits, in HTML."""

import html
from collections.abc import Iterable

import attrs

from spec.lang import Register


@attrs.frozen
class Span:
    """Some bits with a name."""

    high: int
    """The highest bit."""
    low: int
    """The lowest bit."""
    name: str
    """What stands in the cell."""
    doc: str
    """What is shown on hover."""


def spans(register: type[Register]) -> list[Span]:
    """Return the fields of a register."""
    return [Span(field.high, field.low, field.name, field.doc) for field in register.fields()]


def lanes(fields: Iterable[Span]) -> list[list[Span]]:
    """Return the fields in lanes, none of which overlaps another of its lane: the wider first."""
    found: list[list[Span]] = []
    for field in sorted(fields, key=lambda span: (span.low - span.high, -span.high)):
        for lane in found:
            if all(field.low > other.high or field.high < other.low for other in lane):
                lane.append(field)
                break
        else:
            found.append([field])
    return [sorted(lane, key=lambda span: -span.high) for lane in found]


def diagram(fields: Iterable[Span], label: str) -> str:
    """Return the HTML of a diagram of 64 bits."""
    fields = list(fields)
    rows = [_word(fields, top) for top in (63, 31)]
    return f'<div class="bits" role="img" aria-label="{html.escape(label)}">{"".join(rows)}</div>'


def _word(fields: list[Span], top: int) -> str:
    bottom = top - 31
    numbers = "".join(f"<th>{bit}</th>" for bit in range(top, bottom - 1, -1))
    inside = [span for span in fields if span.high >= bottom and span.low <= top]
    body = "".join(_lane(lane, top, bottom) for lane in lanes(inside) or [[]])
    return f"<table><thead><tr>{numbers}</tr></thead><tbody>{body}</tbody></table>"


def _lane(lane: list[Span], top: int, bottom: int) -> str:
    cells, position = [], top
    for span in lane:
        high, low = min(span.high, top), max(span.low, bottom)
        if position > high:
            cells.append(f'<td class="none" colspan="{position - high}"></td>')
        cells.append(_cell(span, high, low))
        position = low - 1
    if position >= bottom:
        cells.append(f'<td class="none" colspan="{position - bottom + 1}"></td>')
    return f"<tr>{''.join(cells)}</tr>"


def _cell(span: Span, high: int, low: int) -> str:
    name, width = span.name, high - low + 1
    if (high, low) != (span.high, span.low):
        name = f"{name}[{high - span.low}:{low - span.low}]"
    upright = "" if 7 * len(name) <= 23 * width else ' class="upright"'
    place = str(span.low) if span.high == span.low else f"{span.high}:{span.low}"
    title = html.escape(f"{span.name}, {place}. {span.doc}")
    return f'<td colspan="{width}" title="{title}"{upright}><span>{html.escape(name)}</span></td>'
