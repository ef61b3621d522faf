"""TLBI: which entries each operation must remove, at least.

A name (``VAE1IS``) says what an operation asks for: :mod:`spec.mmu.tlbi_operation`. With its operand and the PE that
executes it (:class:`Issuer`) it is an :class:`Invalidation`: the regime, the VMID, the ASID, the addresses, the hint
and the Shareability in effect. :func:`must_remove` then says of any TLB entry whether it has to go. An implementation
may remove more; software may not rely on it.

::

    kind       stage 1, combined       stage 2 alone   VMID      ASID               addresses
    ALL        all                     all             any       any                any
    VMALLS12   all                     all             current   any                any
    VMALL      all                     -               current   any                any
    ASID       non-global of the ASID  -               current   that of Xt         any
    VA         all                     -               current   global or of Xt    in Xt
    VAA        all                     -               current   any                in Xt
    IPAS2      -                       all             current   -                  in Xt

The VMID counts in EL1&0 alone. The last-level forms (VAL, VAAL, IPAS2L) are about blocks and pages, the others about
the tables above them too. Range forms are about entries of one granule. With the nXS qualifier entries whose XS
attribute is 1 may stay.
"""

import attrs

from spec.features import Features, Granule
from spec.hcr import is_in_host
from spec.lang import Address, Bits2, Bits64, bits, every, implies, negation, transition
from spec.mmu.attributes import Shareability
from spec.mmu.regime import Regime, regime_of
from spec.mmu.tlb_entry import Bits16, Entry, Stages, TableEntry, block_size
from spec.mmu.tlbi_operand import Hint, decode_range, decode_single
from spec.mmu.tlbi_operation import Kind, TLBIOperation, concerns
from spec.sysregs.hypervisor import HCR_EL2, HCRX_EL2, VTCR_EL2, VTTBR_EL2
from spec.sysregs.translation import TCR_EL1, TCR_EL2, TCR_EL2_E2H


@attrs.frozen
class Issuer:
    """The PE that executes a TLBI: what of its state decides the effect. The registers have 64 bits each."""

    EL: Bits2
    """The Exception level: 1 or 2."""
    HCR_EL2: Bits64
    """Whether EL2 is a host, and whether maintenance at EL1 is broadcast."""
    VTTBR_EL2: Bits64
    """The current VMID."""
    VTCR_EL2: Bits64 = 0
    """The size of a VMID, and DS of stage 2."""
    TCR_EL1: Bits64 = 0
    """DS of EL1&0."""
    TCR_EL2: Bits64 = 0
    """DS of EL2 or of EL2&0."""
    HCRX_EL2: Bits64 = 0
    """Whether a TLBI at EL1 behaves as with nXS."""


@attrs.frozen
class Invalidation:
    """What one executed TLBI is about: Arm's TLBIRecord."""

    kind: Kind
    """What it selects entries by."""
    last_level: bool
    """It is about leaf entries alone."""
    regime: Regime
    """The translation regime."""
    VMID: Bits16
    """The current VMID; without meaning outside EL1&0 and for ALL."""
    ASID: Bits16
    """The ASID of the operand, where the kind has one."""
    lowest: Address
    """The lowest address, where the kind has addresses: bits 55 to 0."""
    highest: Address
    """The highest address."""
    is_range: bool
    """It is about entries of one granule."""
    granule: Granule
    """The granule of a range."""
    hint: Hint
    """What TTL says of the leaf."""
    is_void: bool
    """Its operand is reserved or UNPREDICTABLE: it must remove nothing."""
    shareability: Shareability
    """Whose TLBs it is about."""
    nXS: bool
    """Entries whose XS attribute is 1 may stay."""


# -- what the PE adds --------------------------------------------------------------------------------------------


@transition("VMID[]; DDI 0487 D8.16.3.3, I_MDGYK")
def current_VMID(issuer: Issuer, features: Features) -> Bits16:
    """Return the current VMID: 16 bits with FEAT_VMID16 and VTCR_EL2.VS, else the lower 8.

    >>> hex(current_VMID(Issuer(2, 0, 0x1234 << 48), Features()))
    '0x34'
    """
    VMID = VTTBR_EL2.VMID(issuer.VTTBR_EL2)
    if features.FEAT_VMID16 & VTCR_EL2.VS(issuer.VTCR_EL2):
        return VMID
    return VMID & 0xFF


@transition("DDI 0487 C5.5: ELIsInHost in each TLBI; D8.17.5.4")
def regime_in_effect(operation: TLBIOperation, issuer: Issuer, features: Features) -> Regime:
    """Return the regime that a TLBI is about.

    The names with E2 are about the regime that EL2 has. Those with E1 are about EL1&0; but where EL2 is a host,
    {E2H, TGE} = {1, 1}, those of stage 1 are about EL2&0 there.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> host = Issuer(2, 1 << 34 | 1 << 27, 0)
    >>> regime_in_effect(operation_of("VAE1"), host, Features(FEAT_VHE=True))
    <Regime.EL20: 'Regime_EL20'>
    >>> regime_in_effect(operation_of("VMALLS12E1"), host, Features(FEAT_VHE=True))
    <Regime.EL10: 'Regime_EL10'>
    """
    if operation.of_EL2:
        return regime_of(2, issuer.HCR_EL2, features)
    of_stage_1 = concerns(operation.kind, Stages.STAGE1) & (concerns(operation.kind, Stages.STAGE2) ^ True)
    if of_stage_1 & (issuer.EL == 2) & is_in_host(issuer.HCR_EL2, features):
        return Regime.EL20
    return Regime.EL10


@transition("HCR_EL2.FB; DDI 0487 C5.5: Broadcast_ForcedISH")
def shareability_in_effect(operation: TLBIOperation, issuer: Issuer) -> Shareability:
    """Return whose TLBs a TLBI is about: at EL1, HCR_EL2.FB broadcasts a local one in the Inner Shareable domain.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> shareability_in_effect(operation_of("VAE1"), Issuer(1, 1 << 9, 0))
    <Shareability.ISH: 'Shareability_ISH'>
    """
    if operation.shareability == Shareability.NSH and (issuer.EL == 1) & HCR_EL2.FB(issuer.HCR_EL2):
        return Shareability.ISH
    return operation.shareability


@transition("HCRX_EL2.FnXS; DDI 0487 D8.17.8, I_NVLMG")
def nXS_in_effect(operation: TLBIOperation, issuer: Issuer, features: Features) -> bool:
    """Return whether a TLBI behaves as with the nXS qualifier: at EL1, HCRX_EL2.FnXS gives it to every one.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> nXS_in_effect(operation_of("VAE1"), Issuer(1, 0, 0, HCRX_EL2=1 << 3), Features(FEAT_XS=True, FEAT_HCX=True))
    True
    """
    given = features.FEAT_HCX & (issuer.EL == 1) & HCRX_EL2.FnXS(issuer.HCRX_EL2)
    return features.FEAT_XS & (operation.nXS | given)


@transition("HasLargeAddress(); DDI 0487 C5.5, TLBI RIPAS2E1, TLBI RVAE1: BaseADDR")
def DS_in_effect(operation: TLBIOperation, issuer: Issuer, features: Features) -> bool:
    """Return DS of the stage whose addresses a TLBI is about: that of VTCR_EL2 for IPAs, else of the regime's TCR_ELx.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> ranged = operation_of("RIPAS2E1")
    >>> DS_in_effect(ranged, Issuer(2, 0, 0, VTCR_EL2=1 << 32), Features(FEAT_LPA2=True))
    True
    """
    regime = regime_in_effect(operation, issuer, features)
    if operation.kind == Kind.IPAS2:
        return features.FEAT_LPA2 & VTCR_EL2.DS(issuer.VTCR_EL2)
    if regime == Regime.EL10:
        return features.FEAT_LPA2 & TCR_EL1.DS(issuer.TCR_EL1)
    if regime == Regime.EL20:
        return features.FEAT_LPA2 & TCR_EL2_E2H.DS(issuer.TCR_EL2)
    return features.FEAT_LPA2 & TCR_EL2.DS(issuer.TCR_EL2)


@transition("AArch64.TLBI_VA() and its kin: the TLBIRecord; DDI 0487 D8.17.5")
def invalidation(operation: TLBIOperation, Xt: Bits64, issuer: Issuer, features: Features) -> Invalidation:
    """Return what a TLBI with an operand (64 bits) is about, where it is neither UNDEFINED nor trapped.

    ASIDs are compared in 16 bits whatever TCR_ELx.AS is: software gives the upper 8 as 0 where ASIDs have 8.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> made = invalidation(operation_of("VAE1IS"), 5 << 48 | 0x12345, Issuer(2, 0, 7 << 48), Features())
    >>> made.regime, made.VMID, made.ASID, hex(made.lowest)
    (<Regime.EL10: 'Regime_EL10'>, 7, 5, '0x12345000')
    """
    of_IPA = operation.kind == Kind.IPAS2
    if operation.is_range:
        operand = decode_range(Xt, of_IPA, DS_in_effect(operation, issuer, features), features)
    else:
        operand = decode_single(Xt, of_IPA, features)
    return Invalidation(
        kind=operation.kind,
        last_level=operation.last_level,
        regime=regime_in_effect(operation, issuer, features),
        VMID=current_VMID(issuer, features),
        ASID=bits(Xt, 63, 48),
        lowest=operand.lowest,
        highest=operand.highest,
        is_range=operand.is_range,
        granule=operand.granule,
        hint=operand.hint,
        is_void=operand.is_void,
        shareability=shareability_in_effect(operation, issuer),
        nXS=nXS_in_effect(operation, issuer, features),
    )


# -- what must go ------------------------------------------------------------------------------------------------


@transition("TLBIMatch(): regime, relax_regime; DDI 0487 C5.5, TLBI ALLE2")
def is_of_regime(invalidation: Invalidation, regime: Regime) -> bool:
    """Return whether a TLBI is about a regime; ALLE2 is about EL2 and EL2&0, whichever of them EL2 has.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> every_of_EL2 = invalidation(operation_of("ALLE2"), 0, Issuer(2, 0, 0), Features())
    >>> is_of_regime(every_of_EL2, Regime.EL20), is_of_regime(every_of_EL2, Regime.EL10)
    (True, False)
    """
    both = (invalidation.kind == Kind.ALL) & (invalidation.regime != Regime.EL10) & (regime != Regime.EL10)
    return both | (regime == invalidation.regime)


@transition("TLBIMatch(): use_vmid, UseASID(); DDI 0487 D8.17.5.4")
def matches_context(invalidation: Invalidation, entry: Entry) -> bool:
    """Return whether the VMID and the ASID of an entry are those that a TLBI is about.

    By ASID no global entry goes; by VA a global entry goes whatever the ASID.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> page = TableEntry(Granule.K4, 3, True, 0)
    >>> entry = Entry(Stages.STAGE1, Regime.EL10, 7, 0, True, page, page, False)
    >>> issuer = Issuer(2, 0, 7 << 48)
    >>> by_ASID, by_VA = (invalidation(operation_of(name), 0, issuer, Features()) for name in ("ASIDE1", "VAE1"))
    >>> matches_context(by_ASID, entry), matches_context(by_VA, entry)
    (False, True)
    """
    kind = invalidation.kind
    of_VM = (kind == Kind.ALL) | (entry.regime != Regime.EL10) | (entry.VMID == invalidation.VMID)
    of_ASID = entry.ASID == invalidation.ASID
    if kind == Kind.ASID:
        return of_VM & of_ASID & negation(entry.is_global)
    if kind == Kind.VA:
        return of_VM & (of_ASID | entry.is_global)
    return of_VM


@transition("DDI 0487 C5.5, TLBI RVAE1: TTL; D8.17.5.3, R_SQXYZ")
def matches_hint(hint: Hint, held: TableEntry) -> bool:
    """Return whether a translation table entry is where a hint says: the leaf at its level, the tables above it.

    Where the hint is wrong nothing has to go. TLBIMatch() leaves out the tables above; the text has them.

    >>> hint = Hint(True, Granule.K4, 3)
    >>> matches_hint(hint, TableEntry(Granule.K4, 2, False, 0)), matches_hint(hint, TableEntry(Granule.K4, 2, True, 0))
    (True, False)
    """
    leaf = held.is_final & (held.level == hint.level)
    table = negation(held.is_final) & (held.level < hint.level)
    return negation(hint.is_given) | ((held.granule == hint.granule) & (leaf | table))


@transition("TLBIMatch(): address, end_address; DDI 0487 D8.17.5.2, R_QKRKL, R_XKMMX; D8.17.6, R_LQLSD")
def matches_address(invalidation: Invalidation, held: TableEntry) -> bool:
    """Return whether a translation table entry translates one of the addresses that a TLBI is about.

    An entry may be larger than the range, and of a range it must have the granule.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> by_VA = invalidation(operation_of("VAE1"), 0x12345, Issuer(2, 0, 0), Features())
    >>> matches_address(by_VA, TableEntry(Granule.K4, 2, True, 0x12200000))
    True
    """
    size = block_size(held)
    block = held.address >> size
    return every(
        implies(invalidation.is_range, held.granule == invalidation.granule),
        invalidation.lowest >> size <= block,
        block <= invalidation.highest >> size,
    )


@transition("TLBIMatch(); DDI 0487 D8.17.5.4")
def must_remove(invalidation: Invalidation, entry: Entry) -> bool:
    """Return whether a TLBI must remove an entry from the TLBs that it is about.

    >>> from spec.mmu.tlbi_operation import operation_of
    >>> page = TableEntry(Granule.K4, 3, True, 0x12345000)
    >>> entry = Entry(Stages.COMBINED, Regime.EL10, 7, 5, False, page, page, False)
    >>> for name in ("VAAE1", "IPAS2E1", "VMALLE1"):
    ...     made = invalidation(operation_of(name), 0x12345, Issuer(2, 0, 7 << 48), Features())
    ...     print(name, must_remove(made, entry))
    VAAE1 True
    IPAS2E1 False
    VMALLE1 True
    """
    kind = invalidation.kind
    in_scope = every(
        concerns(kind, entry.stages),
        is_of_regime(invalidation, entry.regime),
        matches_context(invalidation, entry),
        negation(invalidation.nXS & entry.XS),
    )
    if kind == Kind.VA or kind == Kind.VAA or kind == Kind.IPAS2:
        held = entry.stage2 if kind == Kind.IPAS2 else entry.stage1
        return every(
            in_scope,
            negation(invalidation.is_void),
            implies(invalidation.last_level, held.is_final),
            matches_hint(invalidation.hint, held),
            matches_address(invalidation, held),
        )
    return in_scope
