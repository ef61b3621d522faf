"""Theorems and mutants as reStructuredText, with what the last proof run found."""

from markup import Text, literal
from pages import Page, place
from source import Class, Constant, Function, Heading, read
from status import NOT_PROVED_HERE, Status

from proofs.engine.mutants import Mutant
from proofs.engine.theorem import Theorem, label
from spec.lang import RULES


def linked(theorem: Theorem) -> str:
    """Return a link to a theorem."""
    return f":py:func:`{theorem.name} <{place(theorem.function)}>`"


def rule_link(name: str) -> str:
    """Return a link to a rule."""
    return f":py:func:`{name} <{place(RULES[name].original)}>`"


def cases(theorem: Theorem) -> str:
    """Return the cases of a theorem in words, and how many obligations they make."""
    if not theorem.cases:
        return "one obligation"
    parts = [f"{literal(name)} = {', '.join(map(label, values))}" for name, values in theorem.cases.items()]
    return f"{'; '.join(parts)}: {len(list(theorem.obligations()))} obligations"


def overview(status: Status) -> str:
    """Return a table of every theorem."""
    text = Text()
    rows = [
        (f"{linked(theorem)}\n\n{theorem.statement}", status.summary(theorem)) for theorem in status.theorems.values()
    ]
    text.table(("Theorem", "Status"), rows, kind="theorems", widths="78 22")
    return str(text)


class TheoremPage(Page):
    """The page of a module of theorems."""

    def item(self, item: Heading | Constant | Function | Class) -> None:
        """Write what the module defines; a theorem with all that is known of it."""
        theorem = None
        if isinstance(item, Function):
            name = self.module.name.removeprefix("proofs.") + "." + item.name
            theorem = self.status.theorems.get(name)
        if theorem is None or not isinstance(item, Function):
            super().item(item)
            return
        names = ", ".join(name for name, _ in item.arguments)
        with self.text.directive("py:function", f"{item.name}({names})"):
            self.text.add(item.doc)
            self.text.code(item.code)
            with self.text.directive("container", "facts"):
                self.text.table((), self.known(theorem), kind="facts")
            self.obligations(theorem)

    def known(self, theorem: Theorem) -> list[tuple[str, str]]:
        """Return what is known of a theorem, by heading."""
        rows = [("Theorem", literal(theorem.name)), ("Cases", cases(theorem))]
        if theorem.about is not None:
            rows.append(("Lemma about", rule_link(theorem.about.name)))
        if theorem.uses:
            rows.append(("Uses", ", ".join(map(linked, theorem.uses))))
        users = [other for other in self.status.theorems.values() if theorem in other.uses]
        if users:
            rows.append(("Used by", ", ".join(map(linked, users))))
        rows.append(("Witness", self.witness(theorem)))
        rules = sorted({rule for result in self.status.of(theorem) if result for rule in result.rules})
        rows.append(("Speaks of", ", ".join(map(rule_link, rules)) if rules else NOT_PROVED_HERE))
        mutants = self.status.refuted_by(theorem)
        links = [f":ref:`{mutant.name} <mutant-{mutant.name}>`" for mutant in mutants]
        rows.append(("Refutes", ", ".join(links) if links else "no mutant"))
        rows.append(("Status", self.status.summary(theorem)))
        return rows

    def witness(self, theorem: Theorem) -> str:
        """Return where the input comes from that satisfies the premise and reaches the case."""
        if theorem.example is None:
            return "an input that a solver finds"
        return f":py:func:`{theorem.example.__name__} <{place(theorem.example)}>`"

    def obligations(self, theorem: Theorem) -> None:
        """Write the obligations of a theorem, closed until they are asked for."""
        found = [result for result in self.status.of(theorem) if result is not None]
        if not found:
            return
        rows = []
        for result in found:
            answers = ", ".join(f"{name} {a.status} {a.seconds:.2f} s" for name, a in result.answers.items())
            case = result.obligation.name.removeprefix(theorem.name) or "\\-"
            rows.append((literal(case), result.status, answers, result.premise, "yes" if result.witness else "no"))
        with self.text.directive("admonition", "Obligations", ["collapsible: closed", "class: obligations"]):
            header = ("Case", "Status", "Solvers", "Premise", "Witness")
            self.text.table(header, rows, kind="obligations")


def mutants(status: Status) -> str:
    """Return every mutant: what is wrong, in which rule, and which theorem refutes it."""
    text = Text()
    for mutant in status.mutants.values():
        _mutant(text, mutant, mutant.name in status.refuted)
    return str(text)


def _mutant(text: Text, mutant: Mutant, refuted: bool) -> None:
    text.add(f".. _mutant-{mutant.name}:")
    text.heading(mutant.name, "-")
    text.add(mutant.statement)
    module = read(mutant.function.__module__)
    text.code(next(item.code for item in module.items if isinstance(item, Function) and item.name == mutant.name))
    rows = [("Rule", rule_link(mutant.rule.name))]
    rows.append(("Refuted by", ", ".join(map(linked, mutant.theorems))))
    case = mutant.obligation(mutant.theorems[0]).name.partition("[")[2].rstrip("]")
    if case:
        rows.append(("In the case", literal(case)))
    if mutant.bug:
        rows.append(("Seen in", f"the code or the review of a hypervisor ({mutant.bug})"))
    rows.append(("Status", "refuted" if refuted else "not tried here: run ``nvspec mutants``"))
    with text.directive("container", "facts"):
        text.table((), rows, kind="facts")
