"""Terms: the operations of z3 that an exploration consists of, called without z3's Python in between.

That looks at the context, the arity and the sort of each operand, which takes several times as long as the operation;
here they are known, and z3 itself refuses what does not fit.
"""

import z3

_CONTEXT = z3.main_ctx()
_REFERENCE = _CONTEXT.ref()
_PAIR = z3.Ast * 2


def conjunction(left: z3.BoolRef, right: z3.BoolRef) -> z3.BoolRef:
    """Return ``left & right``."""
    return z3.BoolRef(z3.Z3_mk_and(_REFERENCE, 2, _PAIR(left.ast, right.ast)), _CONTEXT)


def disjunction(left: z3.BoolRef, right: z3.BoolRef) -> z3.BoolRef:
    """Return ``left | right``."""
    return z3.BoolRef(z3.Z3_mk_or(_REFERENCE, 2, _PAIR(left.ast, right.ast)), _CONTEXT)


def complement(condition: z3.BoolRef) -> z3.BoolRef:
    """Return ``not condition``."""
    return z3.BoolRef(z3.Z3_mk_not(_REFERENCE, condition.ast), _CONTEXT)


def conditional(condition: z3.BoolRef, then: z3.ExprRef, otherwise: z3.ExprRef) -> z3.ExprRef:
    """Return ``then if condition else otherwise``, of two terms of one sort."""
    made = z3.Z3_mk_ite(_REFERENCE, condition.ast, then.ast, otherwise.ast)
    return z3.BoolRef(made, _CONTEXT) if isinstance(then, z3.BoolRef) else z3.BitVecRef(made, _CONTEXT)


def part(term: z3.BitVecRef, high: int, low: int) -> z3.BitVecRef:
    """Return bits ``high`` down to ``low`` of a term."""
    return z3.BitVecRef(z3.Z3_mk_extract(_REFERENCE, high, low, term.ast), _CONTEXT)


def equality(left: z3.ExprRef, right: z3.ExprRef) -> z3.BoolRef:
    """Return ``left == right``, of two terms of one sort.

    By z3's Python: the simplifier looks at how often a term is referenced, and terms stay smaller if once more.
    """
    made: z3.BoolRef = left == right
    return made


def size(term: z3.BitVecRef) -> int:
    """Return the width of a term in bits."""
    return int(z3.Z3_get_bv_sort_size(_REFERENCE, z3.Z3_get_sort(_REFERENCE, term.ast)))
