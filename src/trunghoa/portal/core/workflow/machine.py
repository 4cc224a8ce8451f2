"""A machine as data: its states, its transitions, and whom each state waits for.

Adding one is one declaration and its texts: ``MACHINE = register(Machine(...))`` in a room, imported by the
room's AppConfig.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from trunghoa.quantities import TrungHoaError

if TYPE_CHECKING:
    from trunghoa.portal.core.accounts.models import Organisation, User

# Names that the form of every move has for itself.
RESERVED = frozenset({"revision", "seen"})
KINDS = frozenset({"text", "date", "year", "choice", "organisation"})
# (object, user, inputs) -> a sentence that says what is missing and what to do, or "" when nothing is.
Guard = Callable[[Any, "User", Mapping[str, Any]], str]
# (user, object) -> may this person do it? One of the rules predicates, or several joined.
Who = Callable[["User", Any], bool]


@dataclass(frozen=True, slots=True)
class State:
    """One state. ``final``: nothing is waited for and nothing leads out except what is declared."""

    code: str
    label: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """Something to be given with a move: ``kind`` is text, date, year, choice or organisation."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: Sequence[tuple[str, str]] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """One move.

    Parameters
    ----------
    verb : its name, unique in the machine
    label : what the button says (message id)
    sources, target : states it leads from and to
    who : predicate of who may; ``who_text`` says the same in words (message id)
    inputs : what has to be given with it
    guards : conditions on the object, each with its sentence
    papers : evidence classes of which at least one accepted paper is needed
    not_by : verbs; who made the latest such move may not make this one (maker is not checker)
    both_sides : it takes place only when both sides have signed the same revision
    apply : sets on the object what the inputs say, before it is saved
    automatic : follows from an edit, never offered as a button
    aside : leads off the way, so its button stands back behind the others
    """

    verb: str
    label: str
    sources: Sequence[str]
    target: str
    who: Who
    who_text: str
    inputs: Sequence[Input] = ()
    guards: Sequence[Guard] = ()
    papers: Sequence[str] = ()
    not_by: Sequence[str] = ()
    both_sides: bool = False
    apply: Callable[[Any, Mapping[str, Any], User], None] | None = None
    automatic: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody has to act: a person, an organisation, or a whole side, by a date of that side's calendar."""

    side: str = ""
    organisation: Organisation | None = None
    person: User | None = None
    due: date | None = None
    what: str = ""


@dataclass(frozen=True)
class Machine:
    """The life of one kind of object.

    Parameters
    ----------
    name : identifier, in addresses and records
    label : what the objects are called (message id)
    model : "app_label.ModelName" of a model made from ``models.Moving``
    states, transitions : in the order in which they are told; the first state is where an object begins
    waits : (object) -> for whom it waits in its present state
    visible : (user) -> condition (Q) on the objects that the user may see
    signed : (object) -> what both sides sign, as plain data; its hash is the revision that counts
    """

    name: str
    label: str
    model: str
    states: Sequence[State]
    transitions: Sequence[Transition]
    waits: Callable[[Any], Sequence[Wait]]
    visible: Callable[[Any], Any]
    signed: Callable[[Any], Mapping[str, Any]] | None = None
    _by_verb: Mapping[str, Transition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        codes = [s.code for s in self.states]
        verbs = [t.verb for t in self.transitions]
        if len(set(codes)) != len(codes) or len(set(verbs)) != len(verbs):
            raise TrungHoaError(f"Machine {self.name}: a state or verb is declared twice.")
        for transition in self.transitions:
            unknown = {*transition.sources, transition.target} - set(codes)
            if unknown:
                raise TrungHoaError(f"Machine {self.name}: {transition.verb} names unknown states {unknown}.")
            if transition.both_sides and self.signed is None:
                raise TrungHoaError(f"Machine {self.name}: {transition.verb} needs `signed`.")
            for wanted in transition.inputs:
                if wanted.kind not in KINDS or wanted.name in RESERVED:
                    raise TrungHoaError(
                        f"Machine {self.name}: the input {wanted.name} of {transition.verb} has an unknown "
                        "kind or a name that every form has."
                    )
        object.__setattr__(self, "_by_verb", {t.verb: t for t in self.transitions})

    @property
    def initial(self) -> str:
        return self.states[0].code

    def state(self, code: str) -> State:
        found = next((s for s in self.states if s.code == code), None)
        if found is None:
            raise TrungHoaError(f"Machine {self.name}: there is no state {code}.")
        return found

    def transition(self, verb: str) -> Transition | None:
        return self._by_verb.get(verb)


_REGISTERED: dict[str, Machine] = {}


def register(machine: Machine) -> Machine:
    """Add a machine; a name has one."""
    if _REGISTERED.get(machine.name, machine) is not machine:
        raise TrungHoaError(f"There is already a machine {machine.name}.")
    _REGISTERED[machine.name] = machine
    return machine


def unregister(name: str) -> None:
    _REGISTERED.pop(name, None)


def get(name: str) -> Machine | None:
    return _REGISTERED.get(name)


def all_machines() -> list[Machine]:
    return sorted(_REGISTERED.values(), key=lambda m: m.name)


def of(obj: Any) -> Machine:
    """The machine of an object, by its model."""
    label = obj._meta.label
    for machine in _REGISTERED.values():
        if machine.model == label:
            return machine
    raise TrungHoaError(f"No machine is declared for {label}.")
