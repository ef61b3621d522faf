"""Numbers that a user writes: decimal, hexadecimal with 0x, or binary with 0b.

An underscore may stand before each digit but the first: 0x8000_0000.
"""

import re

from nvspec.errors import UnknownName

_NUMBER = re.compile(r"0[xX](_?[0-9a-fA-F]){1,64}|0[bB](_?[01]){1,64}|[0-9](_?[0-9]){0,63}")


def unsigned(text: str, where: str = "") -> int:
    """Return the number that a text is; raises :class:`UnknownName`, which starts with ``where``, for another text.

    >>> unsigned("0x8000_0000"), unsigned("0b101"), unsigned("12")
    (2147483648, 5, 12)
    """
    if not _NUMBER.fullmatch(text):
        raise UnknownName(f"{where}{': ' if where else ''}expected an unsigned number such as 0x1f, got {text!r}")
    digits = text.replace("_", "")
    return int(digits, 0 if digits[:2].lower() in ("0x", "0b") else 10)
