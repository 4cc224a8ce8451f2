"""Who may see and change a scenario: not seen is not found, not to be changed is refused."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from trunghoa.portal.core.accounts.people import person

from ..models import Scenario
from ..rules import visible_scenarios

ADD = "scenarios.add_scenario"
CHANGE = "scenarios.change_scenario"
RUN = "scenarios.run_scenario"
Find = Callable[[HttpRequest, str], Scenario]


def visible(request: HttpRequest) -> QuerySet[Scenario]:
    """The scenarios the reader may see, with what every page of one shows."""
    return Scenario.objects.filter(visible_scenarios(person(request))).select_related(
        "model__place", "owner", "parent", "created_by", "changed_by", "last_run__solve", "shown_run__solve"
    )


def seen(request: HttpRequest, code: str) -> Scenario:
    """The scenario, if the reader may see it."""
    return get_object_or_404(visible(request), code=code)


def tabled(request: HttpRequest, code: str) -> Scenario:
    """A scenario of a model whose tables stand here, if the reader may see it."""
    return get_object_or_404(visible(request).filter(model__kind="enduse"), code=code)


def may_change(request: HttpRequest, scenario: Scenario) -> bool:
    return bool(request.user.has_perm(CHANGE, scenario))


def may_run(request: HttpRequest, scenario: Scenario) -> bool:
    return bool(request.user.has_perm(RUN, scenario))


def changeable(request: HttpRequest, code: str, find: Find = tabled) -> Scenario:
    """The scenario, if the reader may change it."""
    scenario = find(request, code)
    if not may_change(request, scenario):
        raise PermissionDenied
    return scenario
