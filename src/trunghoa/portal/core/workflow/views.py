"""Tasks, moves, comments and the drawing of each machine."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, download, paged
from trunghoa.portal.core.record.templatetags import numbers

from . import machine as machines
from . import moves, signing
from .drawing import draw
from .errors import Refused, Stale
from .forms import CommentForm, MoveForm
from .machine import Machine, Transition
from .models import Comment
from .tasks import Task, counts, lists_for, waiting_for, with_objects

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
        return format_html('{} <strong class="late">{}</strong>', text, task.late)

    return [
        Column(
            "object",
            gettext_lazy("What"),
            lambda t: t.object.label(lang),
            lambda t: format_html('<a href="{}">{}</a>', t.object.get_absolute_url(), t.object.label(lang)),
        ),
        Column("kind", gettext_lazy("Kind of object"), lambda t: _(t.machine.label)),
        Column("state", gettext_lazy("State"), lambda t: _(t.machine.state(t.row.state).label)),
        Column("wanted", gettext_lazy("What is to be done"), lambda t: _(t.row.what) if t.row.what else ""),
        Column("owes", gettext_lazy("Waits for"), lambda t: t.row.who(lang)),
        Column("due", gettext_lazy("Due"), lambda t: t.row.due, due),
        Column("late", gettext_lazy("Days late"), lambda t: max(t.days_over, 0), None, True),
    ]


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for me, my organisation or a side; unless chosen, the first list that holds anything."""
    user = person(request)
    lengths, order = counts(user), lists_for(user)
    first = next((which for which in order if lengths[which]), order[0])
    chosen = request.GET.get("list", first)
    if chosen not in order:
        raise Http404
    table = paged(request, waiting_for(user, chosen), task_columns(), "tasks", caption=NAMES[chosen])
    table.rows = with_objects(table.rows)
    if answer := download(request, table):
        return answer
    lists = [
        {"code": which, "name": NAMES[which], "count": lengths[which], "current": which == chosen}
        for which in order
    ]
    return render(request, "workflow/tasks.html", {"lists": lists, "table": table})


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
        Column("from", gettext_lazy("From the state"), lambda r: states(r[1].sources)),
        Column("to", gettext_lazy("To the state"), lambda r: states([r[1].target])),
        Column("who", gettext_lazy("Who may"), lambda r: _(r[1].who_text)),
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
    start = read_revision(request, obj, transition)
    posted = request.method == "POST"
    form = MoveForm(transition, request.POST if posted else None, initial=start)
    reasons: list[str] = []
    if posted and form.is_valid():
        try:
            return made(request, obj, transition, form)
        except Refused as error:
            reasons = error.reasons
        except Stale as error:
            reasons = [str(error)]
            obj.refresh_from_db()
            form = again(form, obj, transition)
    elif "revision" in form.errors:
        reasons = [moves.changed_meanwhile()]
    elif not posted:
        reasons = hindrances(obj, transition, user, start["revision"])
    context = {
        "object": obj,
        "label": obj.label(numbers.language()),
        "transition": transition,
        "machine": machine,
        "form": form,
        "reasons": reasons,
        "target": _(machine.state(transition.target).label),
        "seen": start["seen"],
    }
    status = 200 if not posted else 409 if reasons else 422
    return render(request, "workflow/move.html", context, status=status)


def read_revision(request: HttpRequest, obj: Any, transition: Transition) -> dict[str, Any]:
    """What the person has read: the address carries the revision of the page on which the button stood."""
    asked = request.GET.get("revision", "")
    revision = int(asked) if asked.isdecimal() and len(asked) < 10 else obj.revision
    return {"revision": revision, "seen": signing.revision_hash(obj) if transition.both_sides else ""}


def made(request: HttpRequest, obj: Any, transition: Transition, form: MoveForm) -> HttpResponse:
    """Make the move and go back to the object."""
    given = form.cleaned_data
    done = moves.move(
        obj,
        transition.verb,
        person(request),
        revision=given["revision"],
        inputs=form.inputs(),
        seen=given["seen"],
    )
    said = _("Done: %(move)s.") if done else _("Your side has signed. The other side is now asked to.")
    messages.success(request, said % {"move": _(transition.label)})
    return redirect(obj.get_absolute_url())


def again(form: MoveForm, obj: Any, transition: Transition) -> MoveForm:
    """The form as it was typed, ready to be sent for the present revision.

    A signature is not made ready: what is signed has to be read first, and its page leads here again.
    """
    if transition.both_sides:
        return form
    data = form.data.copy()
    data["revision"] = str(obj.revision)
    return MoveForm(transition, data)


def hindrances(obj: Any, transition: Transition, user: User, revision: int) -> list[str]:
    """What stands in the way already, before anything is typed."""
    if revision != obj.revision:
        return [moves.changed_meanwhile()]
    for offer in moves.offers(obj, user):
        if offer.transition is transition:
            return list(offer.reasons)
    return [moves.not_from_here(obj, transition)]


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Say something about an object; a text that is refused stays in the form."""
    obj = held(request, name, pk)
    form = CommentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        Comment.objects.create(object=obj, author=person(request), text=form.cleaned_data["text"])
        messages.success(request, _("The comment stands below."))
        return redirect(f"{obj.get_absolute_url()}#comments")
    context = {"object": obj, "label": obj.label(numbers.language()), "form": form}
    return render(request, "workflow/comment.html", context, status=422 if form.is_bound else 200)
