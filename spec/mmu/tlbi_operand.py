"""Operands of TLBI: the addresses, the ASID and the hint in Xt.

::

    63      48 47   44 43            40 39                                 0
    |  ASID   |  TTL  |             VA[55:12]                              |   by VA
    |  RES0   |  TTL  |     RES0      |          IPA[51:12]                |   by IPA; 48-bit addresses: IPA[47:12]

    63      48 47 46 45   44 43 39 38 37 36                                0
    |  ASID   |  TG | SCALE | NUM | TTL |        BaseADDR                  |   by range

A range is ``(NUM + 1) << (5 * SCALE + 1)`` granules. TTL says at which level the walk of an address has its leaf;
the four bits of a single address hold the granule too, the two bits of a range stand beside TG. A value that
is reserved gives no hint. Without FEAT_TTL, software writes TTL as 0, which gives none either.

128-bit operands (TLBIP, FEAT_D128) are not modelled, nor is the NS bit of an IPA: the state is Non-secure.
"""

import attrs

from spec.features import Features, Granule
from spec.lang import Address, Bits2, Bits4, Bits64, Level, add, bit, bits, decided, low_bits, transition
from spec.mmu.tlb_entry import ADDRESS_BITS, TableEntry, block_size


@attrs.frozen
class Hint:
    """What TTL says of the leaf: its granule and its level, or nothing."""

    is_given: bool
    """TTL holds a hint."""
    granule: Granule
    """The granule; without meaning where no hint is given."""
    level: Level
    """The level of the leaf; without meaning where no hint is given."""


NO_HINT = Hint(False, Granule.K4, 0)
"""The leaf may be of any granule, at any level."""


@attrs.frozen
class Operand:
    """What Xt says of addresses."""

    lowest: Address
    """The lowest address: bits 55 to 0."""
    highest: Address
    """The highest address; that of a single address is the same."""
    is_range: bool
    """The operand is a range, and about one granule."""
    granule: Granule
    """The granule of a range; without meaning for a single address."""
    hint: Hint
    """What TTL says."""
    is_void: bool
    """The operand is reserved or its range UNPREDICTABLE: nothing has to be removed."""


# -- the hint ----------------------------------------------------------------------------------------------------


@transition("ResTLBITTL(), DecodeTLBITG(); DDI 0487 D8.17.5.3, Table D8-123")
def decode_TTL(TTL: Bits4, features: Features) -> Hint:
    """Return the hint of a TLBI by single address: bits 3:2 the granule, bits 1:0 the level.

    >>> decode_TTL(0b0110, Features())
    Hint(is_given=True, granule=<Granule.K4: 0>, level=2)
    >>> decode_TTL(0b0100, Features()).is_given
    False
    """
    TG, level = bits(TTL, 3, 2), bits(TTL, 1, 0)
    if TG == 0b01:
        return Hint((level != 0) | features.FEAT_LPA2, Granule.K4, level)
    if TG == 0b10:
        return Hint((level > 1) | ((level == 1) & features.FEAT_LPA2), Granule.K16, level)
    if TG == 0b11:
        return Hint(level != 0, Granule.K64, level)
    return NO_HINT


@transition("DDI 0487 D8.17.5.3, Table D8-123: the value that software gives")
def encode_TTL(held: TableEntry, features: Features) -> Bits4:
    """Return the TTL by which a TLBI of a single address names a leaf: 0, no hint, where none does.

    A hint of another granule or level obliges the TLBI to nothing, so that who does not know them gives none.

    >>> bin(encode_TTL(TableEntry(Granule.K64, 3, True, 0), Features()))
    '0b1111'
    """
    level = decided(held.level)
    if level == -1 or not held.is_final:
        return 0
    TTL = _TG(held.granule) << 2 | level
    return TTL if decode_TTL(TTL, features).is_given else 0


def _TG(granule: Granule) -> int:
    """Return TG of a granule: 2 bits."""
    if granule == Granule.K4:
        return 0b01
    return 0b10 if granule == Granule.K16 else 0b11


@transition("ResTLBIRTTL(); DDI 0487 D8.17.5.3, Table D8-124")
def decode_range_TTL(granule: Granule, TTL: Bits2, features: Features) -> Hint:
    """Return the hint of a TLBI by range: level 1, 2 or 3.

    >>> decode_range_TTL(Granule.K16, 0b01, Features())
    Hint(is_given=False, granule=<Granule.K16: 1>, level=1)
    """
    reserved = (TTL == 0) | ((TTL == 1) & (granule == Granule.K16) & (features.FEAT_LPA2 ^ True))
    return Hint(reserved ^ True, granule, TTL)


# -- a single address --------------------------------------------------------------------------------------------


@transition("AArch64.TLBI_VA(), AArch64.TLBI_IPAS2(); DDI 0487 D8.17.5.1, I_ZVNJG, I_CPNYZ")
def decode_single(Xt: Bits64, of_IPA: bool, features: Features) -> Operand:
    """Return what Xt (64 bits) says in a TLBI of a single address, a VA or an IPA.

    >>> operand = decode_single(0x0007_6000_0001_2345, False, Features())
    >>> hex(operand.lowest), operand.hint.level
    ('0x12345000', 2)
    """
    if of_IPA:
        address = (bits(Xt, 39, 0) if features.pa_max >= 52 else bits(Xt, 35, 0)) << 12
    else:
        address = bits(Xt, 43, 0) << 12
    return Operand(address, address, False, Granule.K4, decode_TTL(bits(Xt, 47, 44), features), False)


# -- a range -----------------------------------------------------------------------------------------------------


@transition("TLBIRange(); DDI 0487 D8.17.5.2, I_HKYNQ")
def base_address(Xt: Bits64, granule: Granule, of_IPA: bool, DS: bool) -> Address:
    """Return the lowest address of a range: 56 bits. BaseADDR counts 64 KB where DS = 1, else granules.

    The bits of a VA above BaseADDR repeat its highest one; those of an IPA are 0.

    >>> hex(base_address(0x5, Granule.K4, False, True)), hex(base_address(1 << 36, Granule.K4, False, False))
    ('0x50000', '0xff000000000000')
    """
    unit = 16 if DS else decided(granule).bits
    base = bits(Xt, 36, 0) << unit
    if bit(Xt, 36) & (of_IPA ^ True):
        return base | ((1 << (ADDRESS_BITS - 37 - unit)) - 1) << (37 + unit)
    return base


@transition("TLBIRange(); DDI 0487 D8.17.5.2, R_QKRKL, R_QNPXY")
def highest_address(Xt: Bits64, granule: Granule, base: Address) -> Address:
    """Return the highest address of a range: 56 bits. One that passes the top of the address space ends there.

    >>> hex(highest_address(0, Granule.K4, 0x1_0000))
    '0x11fff'
    """
    size = 5 * decided(bits(Xt, 45, 44)) + 1 + decided(granule).bits
    end = add(base, bits(Xt, 43, 39) << size | ((1 << size) - 1))
    if bits(end, 63, ADDRESS_BITS) != 0:
        return (1 << ADDRESS_BITS) - 1
    return bits(end, ADDRESS_BITS - 1, 0)


@transition("DDI 0487 D8.17.5.2, I_TYBWT; C5.5, TLBI RVAE1")
def is_misaligned(base: Address, hint: Hint) -> bool:
    """Return whether a range does not start at a block of the hinted level, which makes it UNPREDICTABLE.

    TTL = 0b00 asks for no alignment, as in Table D8-124 and in C5.5. With the 4 KB granule and DS = 1, I_TYBWT takes it
    for a hint of level 0; software that gives level 1, 2 or 3, or single addresses, is right by both.

    >>> is_misaligned(0x1000, Hint(True, Granule.K4, 2)), is_misaligned(0x1000, NO_HINT)
    (True, False)
    """
    return hint.is_given & (low_bits(base, block_size(TableEntry(hint.granule, hint.level, True, base))) != 0)


@transition("AArch64.TLBI_RVA(), AArch64.TLBI_RIPAS2(); DDI 0487 D8.17.5.2, I_QPHNP")
def decode_range(Xt: Bits64, of_IPA: bool, DS: bool, features: Features) -> Operand:
    """Return what Xt (64 bits) says in a TLBI by range of VAs or of IPAs. TG = 0b00 is reserved.

    ``DS`` is that of the stage whose addresses these are.

    >>> operand = decode_range(1 << 46 | 3 << 39 | 0x80, False, False, Features())
    >>> hex(operand.lowest), hex(operand.highest)
    ('0x80000', '0x87fff')
    """
    TG = bits(Xt, 47, 46)
    granule = Granule.K16 if TG == 0b10 else Granule.K64 if TG == 0b11 else Granule.K4
    hint = decode_range_TTL(granule, bits(Xt, 38, 37), features)
    base = base_address(Xt, granule, of_IPA, DS)
    highest = highest_address(Xt, granule, base)
    return Operand(base, highest, True, granule, hint, (TG == 0b00) | is_misaligned(base, hint))
