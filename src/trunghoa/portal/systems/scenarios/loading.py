"""A workspace's pathway model and scenarios into the database. Loading twice changes nothing.

What a workspace brings is published as it stands there and marked as coming from it; nobody signed here. A
scenario that somebody changed here since is left as it is.
"""

from typing import TYPE_CHECKING, Any

from trunghoa.portal.core.publication.models import Lead
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.models import Place

from .models import PathwayModel, Scenario

if TYPE_CHECKING:
    from trunghoa.workspace import Workspace

LANGUAGES = ("vi", "ja", "en")
# What is asked of the first scenario besides its own course: our own choice, and said to be.
SWEEP = {"prices": "0:200:20"}
DRAWS = {"draws": "24", "spread": "0.2", "seed": "896"}
MORE = (
    ("sweep", SWEEP, {"vi": "quét giá các-bon", "ja": "炭素価格スイープ", "en": "carbon price sweep"}),
    ("draws", DRAWS, {"vi": "độ bất định", "ja": "不確実性", "en": "uncertainty"}),
)


def load(workspace: "Workspace") -> None:
    """Put the model and its scenarios into the database."""
    record = workspace.pathways
    if record is None:
        return
    model = _model(workspace, record)
    scenarios = record.book.scenarios
    made = [_scenario(model, code, _said(record, code)) for code in scenarios]
    if not made:
        names = {"vi": "Như mô hình", "ja": "モデルのまま", "en": "As the model stands"}
        made = [_scenario(model, f"{model.code}-base", {**_titles(names), "quality": model.quality})]
    first = _open(record, made)
    for kind, choices, words in MORE:
        names = {lang: f"{model.title(lang)}: {words[lang]}" for lang in LANGUAGES}
        said = {
            **_titles(names), "levers": _without_prices(record, first),
            "settings": first.settings, "analysis": kind,
            "choices": choices, "quality": "illustrative", "parent": first, "source": model.source,
        }  # fmt: skip
        _scenario(model, f"{model.code}-{kind}", said)


def _open(record: Any, made: list[Scenario]) -> Scenario:
    """The scenario to add a price to: one that has a price, for its options are open; else the first."""
    priced = _pricing(record)
    return next((row for row in made if any(code in priced for code, _s in row.levers)), made[0])


def _pricing(record: Any) -> set[str]:
    levers = record.book.levers.values()
    return {lever.code for lever in levers if any(c.table == "emission_tax" for c in lever.changes)}


def _without_prices(record: Any, scenario: Scenario) -> list[Any]:
    priced = _pricing(record)
    return [pulled for pulled in scenario.levers if pulled[0] not in priced]


def _model(workspace: "Workspace", record: Any) -> PathwayModel:
    from . import tasks

    content = tasks.plain_model(record.tables, record.book.levers, record.measures)
    code = workspace.name
    title = record.tables.settings.get("title", "")
    document = documents.store(content, media_type="application/json", filename=f"{code}-model.json")
    country = workspace.settings.country
    names = {lang: workspace.settings.titles[lang] for lang in LANGUAGES}
    model, _ = PathwayModel.objects.update_or_create(
        code=code,
        defaults={
            **_titles(names),
            **{f"description_{lang}": title for lang in LANGUAGES},
            "place": Place.objects.get(era=country.era, code=country.code),
            "document": document,
            "tables_sha256": record.tables.sha256,
            "gwp_set": record.tables.settings.get("gwp_set", ""),
            "quality": record.tables.quality.value,
            "source": f"{title or code} (workspace {code}, pathways)",
        },
    )
    return model


def _titles(names: dict[str, str]) -> dict[str, str]:
    return {f"title_{lang}": names.get(lang, "") or names.get("en", "") for lang in LANGUAGES}


def _said(record: Any, code: str) -> dict[str, Any]:
    """What the workspace says of one of its scenarios."""
    row = record.book.scenarios[code]
    return {
        **_titles(
            {lang: row.names.get(lang, "") for lang in LANGUAGES} | ({} if row.names else {"en": code})
        ),
        **{f"description_{lang}": row.note for lang in LANGUAGES},
        "levers": [[lever.code, f"{strength:g}"] for lever, strength in record.book.pulled(code)],
        "settings": {"foresight": row.foresight} if row.foresight else {},
        "quality": row.quality.value,
        "source": row.source,
    }


def _scenario(model: PathwayModel, code: str, said: dict[str, Any]) -> Scenario:
    known = Scenario.objects.filter(code=code).first()
    if known is not None and (known.revision > 1 or not known.from_workspace):
        return known
    lead = Lead.objects.filter(system_id="S1").select_related("organisation").first()
    defaults = {
        "model": model, "state": "published", "from_workspace": True, "source": model.source,
        "owner": lead.organisation if lead else None, **said,
    }  # fmt: skip
    row, _ = Scenario.objects.update_or_create(code=code, defaults=defaults)
    return row
