"""Identification of the PE and of its caches.

Source: DDI 0487, D24.2.
"""

from spec.lang import bit_field, field, res1
from spec.sysregs.register import Layout, SystemRegister


class AIDR_EL1(SystemRegister, encoding=(3, 1, 0, 0, 7), access="R"):
    """Auxiliary ID Register."""

    IMPLEMENTATION_DEFINED = field(63, 0, "What the implementer adds to identify the PE, with MIDR_EL1.")


class CCSIDR2_EL1(SystemRegister, encoding=(3, 1, 0, 0, 2), feature="FEAT_CCIDX", access="R"):
    """Current Cache Size ID Register 2.

    Describes the cache that CSSELR_EL1 selects, for AArch32.
    """

    NumSets = field(23, 0, "Sets of the selected cache, minus 1.")


class CCSIDR_EL1(SystemRegister, encoding=(3, 1, 0, 0, 0), access="R", layout="not FEAT_CCIDX", needs="not FEAT_CCIDX"):
    """Current Cache Size ID Register.

    Describes the cache that CSSELR_EL1 selects.
    """

    NumSets = field(27, 13, "Sets of the selected cache, minus 1.")
    Associativity = field(12, 3, "Ways of the selected cache, minus 1.")
    LineSize = field(2, 0, "Length of a line of the selected cache: log2 of the bytes, minus 4.")


class CCSIDR_EL1_CCIDX(Layout, of=CCSIDR_EL1, when="FEAT_CCIDX", needs="FEAT_CCIDX"):
    """CCSIDR_EL1 where FEAT_CCIDX."""

    NumSets = field(55, 32, "Sets of the selected cache, minus 1.")
    Associativity = field(23, 3, "Ways of the selected cache, minus 1.")
    LineSize = field(2, 0, "Length of a line of the selected cache: log2 of the bytes, minus 4.")


class CLIDR_EL1(SystemRegister, encoding=(3, 1, 0, 0, 1), access="R"):
    """Cache Level ID Register."""

    Ttype7 = field(
        46, 45, "Tag cache of level 7: 0 none, 1 separate, 2 unified with data in one line, 3 in its own.", "FEAT_MTE2"
    )
    Ttype6 = field(
        44, 43, "Tag cache of level 6: 0 none, 1 separate, 2 unified with data in one line, 3 in its own.", "FEAT_MTE2"
    )
    Ttype5 = field(
        42, 41, "Tag cache of level 5: 0 none, 1 separate, 2 unified with data in one line, 3 in its own.", "FEAT_MTE2"
    )
    Ttype4 = field(
        40, 39, "Tag cache of level 4: 0 none, 1 separate, 2 unified with data in one line, 3 in its own.", "FEAT_MTE2"
    )
    Ttype3 = field(
        38, 37, "Tag cache of level 3: 0 none, 1 separate, 2 unified with data in one line, 3 in its own.", "FEAT_MTE2"
    )
    Ttype2 = field(
        36, 35, "Tag cache of level 2: 0 none, 1 separate, 2 unified with data in one line, 3 in its own.", "FEAT_MTE2"
    )
    Ttype1 = field(
        34, 33, "Tag cache of level 1: 0 none, 1 separate, 2 unified with data in one line, 3 in its own.", "FEAT_MTE2"
    )
    ICB = field(32, 30, "Highest level of cache for Inner Cacheable memory; 0: not told.")
    LoUU = field(29, 27, "Last level to clean or invalidate to unify the caches of the PE alone.")
    LoC = field(26, 24, "Last level to clean or invalidate to reach the Point of Coherency.")
    LoUIS = field(23, 21, "Last level to clean or invalidate to unify the caches of the Inner Shareable domain.")
    Ctype7 = field(20, 18, "Cache of level 7: 0 none, 1 instruction, 2 data, 3 both, 4 unified.")
    Ctype6 = field(17, 15, "Cache of level 6: 0 none, 1 instruction, 2 data, 3 both, 4 unified.")
    Ctype5 = field(14, 12, "Cache of level 5: 0 none, 1 instruction, 2 data, 3 both, 4 unified.")
    Ctype4 = field(11, 9, "Cache of level 4: 0 none, 1 instruction, 2 data, 3 both, 4 unified.")
    Ctype3 = field(8, 6, "Cache of level 3: 0 none, 1 instruction, 2 data, 3 both, 4 unified.")
    Ctype2 = field(5, 3, "Cache of level 2: 0 none, 1 instruction, 2 data, 3 both, 4 unified.")
    Ctype1 = field(2, 0, "Cache of level 1: 0 none, 1 instruction, 2 data, 3 both, 4 unified.")


class CSSELR_EL1(SystemRegister, encoding=(3, 2, 0, 0, 0)):
    """Cache Size Selection Register.

    Selects the cache that CCSIDR_EL1 and CCSIDR2_EL1 describe.
    """

    TnD = bit_field(4, "Selects a separate cache of Allocation Tags.", "FEAT_MTE2")
    Level = field(3, 1, "Level of the selected cache, minus 1.")
    InD = bit_field(0, "Selects an instruction cache; 0: a data or unified cache.")


class CTR_EL0(SystemRegister, encoding=(3, 3, 0, 0, 1), access="R"):
    """Cache Type Register."""

    TminLine = field(37, 32, "Shortest line of the caches of tags: log2 of the words it tags.", "FEAT_MTE2")
    DIC = bit_field(29, "New instructions need no invalidation of the instruction caches.")
    IDC = bit_field(28, "New instructions need no clean of the data caches to the Point of Unification.")
    CWG = field(27, 24, "Most memory that one eviction can write back: log2 of the words; 0: not told.")
    ERG = field(23, 20, "Largest granule of an exclusive reservation: log2 of the words; 0: not told.")
    DminLine = field(19, 16, "Shortest line of the data and unified caches: log2 of the words.")
    L1Ip = field(15, 14, "Lookup of the first instruction cache: 0b10 VIPT, 0b11 PIPT.")
    IminLine = field(3, 0, "Shortest line of the instruction caches: log2 of the words.")
    FIXED_31 = res1(31)


class DCZID_EL0(SystemRegister, encoding=(3, 3, 0, 0, 7), access="R"):
    """Data Cache Zero ID Register."""

    DZP = bit_field(4, "DC ZVA and its kin cannot be used at the current Exception level.")
    BS = field(3, 0, "Block that DC ZVA zeroes: log2 of the words.")


class GMID_EL1(SystemRegister, encoding=(3, 1, 0, 0, 4), feature="FEAT_MTE2", access="R"):
    """Multiple tag transfer ID Register."""

    BS = field(3, 0, "Block whose tags LDGM and STGM transfer: log2 of the words, 2 to 6.")


class MIDR_EL1(SystemRegister, encoding=(3, 0, 0, 0, 0), access="R"):
    """Main ID Register."""

    Implementer = field(31, 24, "Company that designed the PE; 0x41 is Arm.")
    Variant = field(23, 20, "Major revision of the product.")
    Architecture = field(19, 16, "Version of the architecture; 0b1111: the ID registers tell it.")
    PartNum = field(15, 4, "Product, as its implementer numbers it.")
    Revision = field(3, 0, "Minor revision of the product.")


class MPIDR_EL1(SystemRegister, encoding=(3, 0, 0, 0, 5), access="R"):
    """Multiprocessor Affinity Register."""

    Aff3 = field(39, 32, "Number of the PE in the system, affinity level 3.")
    U = bit_field(30, "The system has one PE.")
    MT = bit_field(24, "PEs that differ in Aff0 alone depend on each other, as threads of a core do.")
    Aff2 = field(23, 16, "Number of the PE in the system, affinity level 2.")
    Aff1 = field(15, 8, "Number of the PE in the system, affinity level 1.")
    Aff0 = field(7, 0, "Number of the PE in the system, affinity level 0.")
    FIXED_31 = res1(31)


class REVIDR_EL1(SystemRegister, encoding=(3, 0, 0, 0, 6), access="R"):
    """Revision ID Register."""

    IMPLEMENTATION_DEFINED = field(63, 0, "Details of the revision, such as fixes made to the silicon.")


class SMIDR_EL1(SystemRegister, encoding=(3, 1, 0, 0, 6), feature="FEAT_SME", access="R"):
    """Streaming Mode Identification Register."""

    NSMC = field(59, 56, "Streaming Mode Compute Units that the PE shares, minus 1.")
    HIP = field(
        55, 52, "Highest priority of streaming execution that has an effect, where SMIDR_EL1.SMPS is 1.", "FEAT_SME2p2"
    )
    Affinity2 = field(51, 32, "Upper 20 bits of the number of the Streaming Mode Compute Unit.")
    Implementer = field(31, 24, "Company that designed the Streaming Mode Compute Unit.")
    Revision = field(23, 16, "Revision of the Streaming Mode Compute Unit.")
    SMPS = bit_field(15, "Streaming execution has priorities, and SMPRI_EL1 sets them.")
    SH = field(14, 13, "The PE shares its Streaming Mode Compute Unit: 0b10 no, 0b11 yes, 0 as Affinity says.")
    Affinity = field(11, 0, "Lower 12 bits of the number of the Streaming Mode Compute Unit.")
