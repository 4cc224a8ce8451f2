"""The charts of a finished run drawn in the job, so that its first reader need not wait for them."""

from django.conf import settings
from django.utils.translation import override

from . import reading, targets
from .models import Scenario
from .panels import Shown


def draw(scenario: Scenario, lang: str) -> None:
    """Draw what the pages of a scenario begin with: in all languages once it is published, else in one."""
    result = reading.of_scenario(scenario)
    if result is None or not result.optimal:
        return
    aims = targets.of_place(scenario.model.place)
    languages = [code for code, _name in settings.LANGUAGES] if scenario.state == "published" else [lang]
    for code in languages:
        with override(code):
            shown = Shown(result, aims, code)
            near = min(shown.years, key=lambda y: abs(y - 2030))
            shown.emissions()
            shown.abatement(near)
            shown.fan()
            shown.primary()
            shown.generation()
            shown.capacity()
            shown.flows(shown.years[-1])
            shown.cost()
            shown.investment()
            shown.carbon_price()
