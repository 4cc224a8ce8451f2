"""The charts of a run drawn before it is done, so that its first reader need not wait for them."""

from typing import Any

from django.conf import settings
from django.utils.translation import override

from trunghoa.portal.core.record.models import Run

from . import analyses, market, targets
from .models import Scenario
from .panels import Shown
from .reading import Result


def draw(run: Run, data: dict[str, Any]) -> None:
    """Draw what the pages of a scenario begin with: in all languages once it is published, else in one."""
    result = Result(data)
    scenarios = list(Scenario.objects.filter(last_run=run).select_related("model__place"))
    if not result.optimal or not scenarios or scenarios[0].model.kind != "enduse":
        return
    aims = targets.of_place(scenarios[0].model.place)
    languages = [code for code, _name in settings.LANGUAGES]
    if not any(row.state == "published" for row in scenarios):
        languages = [run.requested_by.language if run.requested_by else languages[0]]
    for code in languages:
        with override(code):
            shown = Shown(result, aims, code, run.inputs.get("model", ""))
            near = min(shown.years, key=lambda y: abs(y - 2030))
            shown.emissions()
            analyses.abatement(shown, near)
            analyses.fan(shown)
            analyses.expert(shown)
            shown.primary()
            shown.generation()
            shown.capacity()
            shown.flows(shown.years[-1])
            shown.cost()
            shown.investment()
            shown.carbon_price()
            market.panels(shown)
