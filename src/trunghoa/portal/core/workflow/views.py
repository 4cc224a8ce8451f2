"""Tasks, moves, comments and the drawing of each machine."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers

from . import machine as machines
from . import moves, signing
from .drawing import draw
from .errors import Refused, Stale
from .forms import CommentForm, MoveForm
from .machine import Machine, Transition
from .models import Comment
from .tasks import LISTS, Task, waiting_for

NAMES = {
    "me": gettext_lazy("Waiting for me"),
    "organisation": gettext_lazy("Waiting for my organisation"),
    "vn": gettext_lazy("Waiting for Viet Nam"),
    "jp": gettext_lazy("Waiting for Japan"),
}


def task_columns() -> list[Column]:
    lang = numbers.language()

    def due(task: Task) -> str:
        if task.row.due is None:
            return "–"
        text = numbers.day(task.row.due)
        if not task.overdue:
            return format_html("{}", text)
        late = _("%(n)s days late") % {"n": numbers.number(task.days_over)}
        return format_html('{} <strong class="late">{}</strong>', text, late)

    def owes(task: Task) -> str:
        row = task.row
        if row.person:
            return row.person.get_full_name() or row.person.username
        return row.organisation.name(lang) if row.organisation else row.get_side_display()

    return [
        Column(
            "object",
            gettext_lazy("What"),
            lambda t: t.object.label(lang),
            lambda t: format_html('<a href="{}">{}</a>', t.object.get_absolute_url(), t.object.label(lang)),
        ),
        Column("kind", gettext_lazy("Kind"), lambda t: _(t.machine.label)),
        Column("state", gettext_lazy("State"), lambda t: _(t.machine.state(t.row.state).label)),
        Column("wanted", gettext_lazy("What is to be done"), lambda t: _(t.row.what) if t.row.what else ""),
        Column("owes", gettext_lazy("Who"), owes),
        Column("due", gettext_lazy("Due"), lambda t: t.row.due, due),
        Column("late", gettext_lazy("Days late"), lambda t: max(t.days_over, 0), None, True),
    ]


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for me, my organisation, Viet Nam and Japan."""
    user = person(request)
    tables = [Table(which, task_columns(), waiting_for(user, which), caption=NAMES[which]) for which in LISTS]
    if answer := download(request, *tables):
        return answer
    return render(request, "workflow/tasks.html", {"tables": tables})


@require_safe
def machine_list(request: HttpRequest) -> HttpResponse:
    return render(request, "workflow/machines.html", {"machines": machines.all_machines()})


def transition_table(machine: Machine) -> Table:
    numbered = list(enumerate(machine.transitions, start=1))

    def states(codes: Any) -> str:
        return ", ".join(_(machine.state(code).label) for code in codes)

    def needs(transition: Transition) -> str:
        wanted = [_(i.label) for i in transition.inputs if i.required]
        if transition.papers:
            wanted.append(_("an accepted paper"))
        if transition.both_sides:
            wanted.append(_("signatures of both sides on one revision"))
        if transition.not_by:
            wanted.append(_("another person than the one who prepared it"))
        return "; ".join(wanted)

    columns = [
        Column("number", gettext_lazy("No."), lambda r: r[0], None, True),
        Column("move", gettext_lazy("Move"), lambda r: _(r[1].label)),
        Column("from", gettext_lazy("From"), lambda r: states(r[1].sources)),
        Column("to", gettext_lazy("To"), lambda r: states([r[1].target])),
        Column("who", gettext_lazy("Who"), lambda r: _(r[1].who_text)),
        Column("needs", gettext_lazy("What it needs"), lambda r: needs(r[1])),
    ]
    return Table("moves", columns, numbered, caption=_("Moves"))


@require_safe
def machine_page(request: HttpRequest, name: str) -> HttpResponse:
    machine = machines.get(name)
    if machine is None:
        raise Http404
    table = transition_table(machine)
    if answer := download(request, table):
        return answer
    context = {"machine": machine, "drawing": draw(machine), "table": table}
    return render(request, "workflow/machine.html", context)


def held(request: HttpRequest, name: str, pk: int) -> Any:
    """The object of a machine, if the person may see it."""
    machine = machines.get(name)
    if machine is None:
        raise Http404
    model = apps.get_model(machine.model)
    return get_object_or_404(model._base_manager.filter(machine.visible(person(request))), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, name: str, pk: int, verb: str) -> HttpResponse:
    """The form of one move, and the move itself."""
    obj = held(request, name, pk)
    machine = machines.of(obj)
    transition = machine.transition(verb)
    if transition is None or transition.automatic:
        raise Http404
    user = person(request)
    if not transition.who(user, obj):
        raise PermissionDenied
    start = {"revision": obj.revision, "seen": signing.revision_hash(obj) if transition.both_sides else ""}
    form = MoveForm(transition, request.POST or None, initial=start)
    reasons = list(_reasons(obj, transition, user))
    if request.method == "POST" and form.is_valid():
        try:
            made = moves.move(
                obj, verb, user, revision=form.cleaned_data["revision"], inputs=form.inputs(),
                seen=form.cleaned_data["seen"],
            )  # fmt: skip
            said = (
                _("Done: %(move)s.") if made else _("Your side has signed. The other side is now asked to.")
            )
            messages.success(request, said % {"move": _(transition.label)})
            return redirect(obj.get_absolute_url())
        except (Refused, Stale) as error:
            reasons = error.reasons if isinstance(error, Refused) else [str(error)]
    context = {
        "object": obj,
        "label": obj.label(numbers.language()),
        "transition": transition,
        "machine": machine,
        "form": form,
        "reasons": reasons,
        "target": machine.state(transition.target),
        "seen": start["seen"],
    }
    return render(request, "workflow/move.html", context, status=409 if request.POST and reasons else 200)


def _reasons(obj: Any, transition: Transition, user: Any) -> tuple[str, ...]:
    for offer in moves.offers(obj, user):
        if offer.transition is transition:
            return offer.reasons
    state = machines.of(obj).state(obj.state)
    return (_("Not possible in the state “%(state)s”.") % {"state": _(state.label)},)


@require_POST
def comment(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    obj = held(request, name, pk)
    form = CommentForm(request.POST)
    if form.is_valid():
        Comment.objects.create(object=obj, author=person(request), text=form.cleaned_data["text"])
        messages.success(request, _("The comment stands below."))
    else:
        messages.error(request, _("A comment needs a text of at most 4,000 characters."))
    return redirect(f"{escape(obj.get_absolute_url())}#comments")
