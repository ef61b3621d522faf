"""The Sphinx extension: directives that write pages from the model.

=========================  ===========================================================
directive                  page
=========================  ===========================================================
``model:: NAME``           a module: rules, records, enumerations, registers
``theorem-module:: NAME``  a module of theorems
``theorems``               every theorem, in a table
``mutants``                every mutant
``difference:: NAME``      what changes with a granule, a format, a control
``out-of-scope:: ROOM``     what no rule of a room describes
``command-line``           the commands of ``nvspec``
``observation-keys``       the keys of the observation format
``known-deviations``       where implementations break a rule
``language:: NAME ...``    names of ``spec.lang``
``register:: NAME``        a register, or a family
``registers``              every register, in a table
``ownership``              who owns EL2, call by call
``demotion``               the demotion of a host, step by step
``sequence:: NAME``        how a guest hypervisor runs: an execution, as a diagram
``equivalence:: PART``     the equivalence: its parts, lemmas, places, and differences
``fields-of:: NAME``       what each field of a control register does
=========================  ===========================================================
"""

import pkgutil
from typing import ClassVar

import attrs
import demotion
import differences
import equivalence
import formats
import nested_runs
import ownership
import register_pages
import scope
import sequences
import source
import theorems
from docutils import nodes
from markup import Text
from pages import Page
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata
from status import status

import spec.lang


class Written(SphinxDirective):
    """A directive whose content is written from the model, anew at each build."""

    has_content: ClassVar[bool] = False
    required_arguments: ClassVar[int] = 0

    def text(self) -> str:
        """Return the content."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse the content. What it is made from may have changed though the page has not."""
        self.env.note_reread()
        return self.parse_text_to_nodes(self.text(), allow_section_headings=True)


class Module(Written):
    """A module of the model."""

    required_arguments = 1

    def text(self) -> str:
        """Return the page of the module."""
        return Page(source.read(self.arguments[0]), status()).written()


class TheoremModule(Written):
    """A module of theorems."""

    required_arguments = 1

    def text(self) -> str:
        """Return the page of the module."""
        return theorems.TheoremPage(source.read(self.arguments[0]), status()).written()


class Theorems(Written):
    """Every theorem."""

    def text(self) -> str:
        """Return the table."""
        return theorems.overview(status())


class Mutants(Written):
    """Every mutant."""

    def text(self) -> str:
        """Return the list."""
        return theorems.mutants(status())


class Difference(Written):
    """What changes with a control or a feature."""

    required_arguments = 1

    def text(self) -> str:
        """Return the tables."""
        return differences.PAGES[self.arguments[0]]()


class OutOfScope(Written):
    """What no rule of a room describes: of ``mmu``, or of ``access``."""

    required_arguments = 1

    def text(self) -> str:
        """Return the table."""
        return {"mmu": scope.translation, "access": scope.accesses}[self.arguments[0]]()


class CommandLine(Written):
    """The commands."""

    def text(self) -> str:
        """Return the list."""
        return formats.command_line()


class ObservationKeys(Written):
    """The keys of the observation format."""

    def text(self) -> str:
        """Return the tables."""
        return formats.observations()


class KnownDeviations(Written):
    """Where implementations break a rule."""

    def text(self) -> str:
        """Return the table."""
        return formats.deviations()


class Language(Written):
    """Names of the language of the rules."""

    required_arguments = 1
    optional_arguments: ClassVar[int] = 100

    def text(self) -> str:
        """Return the names, each from the module that defines it."""
        text = Text()
        with text.directive("py:currentmodule", "spec.lang"):
            pass
        made = [str(text)]
        for name in self.arguments:
            module = next(module for module in _modules() if name in _defined(module))
            page = Page(module, status())
            item = next(item for item in module.items if getattr(item, "name", None) == name)
            # The methods of a rule are for the engine.
            page.item(attrs.evolve(item, methods=()) if name == "Rule" else item)
            made.append(str(page.text))
        return "\n".join(made)


class OneRegister(Written):
    """A register, or a family."""

    required_arguments = 1

    def text(self) -> str:
        """Return the page of the register."""
        return register_pages.written(self.arguments[0], status())


class Ownership(Written):
    """Who owns EL2, call by call."""

    def text(self) -> str:
        """Return the diagram and the table."""
        return ownership.written()


class Demotion(Written):
    """The demotion of a host, step by step."""

    def text(self) -> str:
        """Return the tables."""
        return demotion.sequences()


class Sequence(Written):
    """An execution of the host hypervisor, step by step."""

    required_arguments = 1

    def text(self) -> str:
        """Return the diagram and the table."""
        label, run = nested_runs.RUNS[self.arguments[0]]
        return sequences.written(run(), label)


class Equivalence(Written):
    """The ``parts`` of the equivalence, its ``lemmas``, the ``places`` where it is claimed, and the ``differences``."""

    required_arguments = 1

    def text(self) -> str:
        """Return the table."""
        match self.arguments[0]:
            case "parts":
                return equivalence.parts(status())
            case "lemmas":
                return equivalence.lemmas(status())
            case "places":
                return equivalence.places()
            case _:
                return equivalence.permitted()


class EveryRegister(Written):
    """Every register."""

    def text(self) -> str:
        """Return the table."""
        return register_pages.every_register()


class FieldsOf(Written):
    """What each field of a control register does."""

    required_arguments = 1

    def text(self) -> str:
        """Return the table."""
        return register_pages.fields_of(self.arguments[0])


def _modules() -> list[source.Module]:
    return [source.read(f"spec.lang.{module.name}") for module in pkgutil.iter_modules(spec.lang.__path__)]


def _defined(module: source.Module) -> set[str]:
    return {item.name for item in module.items if hasattr(item, "name")} & set(spec.lang.__all__)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives."""
    app.add_directive("model", Module)
    app.add_directive("theorem-module", TheoremModule)
    app.add_directive("theorems", Theorems)
    app.add_directive("mutants", Mutants)
    app.add_directive("difference", Difference)
    app.add_directive("out-of-scope", OutOfScope)
    app.add_directive("command-line", CommandLine)
    app.add_directive("observation-keys", ObservationKeys)
    app.add_directive("known-deviations", KnownDeviations)
    app.add_directive("language", Language)
    app.add_directive("register", OneRegister)
    app.add_directive("registers", EveryRegister)
    app.add_directive("ownership", Ownership)
    app.add_directive("demotion", Demotion)
    app.add_directive("sequence", Sequence)
    app.add_directive("equivalence", Equivalence)
    app.add_directive("fields-of", FieldsOf)
    app.connect("builder-inited", lambda _: register_pages.write_pages())
    # Before the theme asks for the navigation.
    app.connect(
        "html-page-context", lambda _, name, __, context, ___: register_pages.share_navigation(name, context), 400
    )
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
