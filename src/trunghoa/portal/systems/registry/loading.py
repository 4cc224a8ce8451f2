"""What a workspace says of the JCM, into the database and the ledger. Loading twice changes nothing.

A state that a source tells of is kept as known from it: nobody signed here, so no signature is made up. Units
that a source says were issued are entered by the service account of the import, with that source; whoever got
them without being named stands as a pending account of neither side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.ledger import sealing, services
from trunghoa.portal.core.ledger.writing import Act
from trunghoa.portal.core.workflow import moves

from .models import Allotment, Designation, Issuance, Methodology, Project, RegistryAccount, series_for
from .models.accounts import account_of_party, open_account
from .tasks import methods
from .words import PARTY, UNTOLD_PARTY, UNTOLD_SIDE, UNTOLD_VINTAGE

if TYPE_CHECKING:
    from trunghoa.workspace import JcmIssuance, JcmProject, Workspace

LANGUAGES = ("vi", "ja", "en")
IMPORTER = "registry-import"
# Keys of the transactions of an import follow from what is imported, so a second import finds them done.
NAMESPACE = UUID("5b1a8a36-6c43-5b0e-8f6f-0d6a6a3f6c1e")


def load(workspace: Workspace) -> None:
    """Methodologies, third-party entities, projects, and the issuances that are known."""
    _methodologies()
    for row in workspace.jcm_designations:
        Designation.objects.get_or_create(
            organisation=Organisation.objects.get(code=row.organisation),
            valid_from=row.valid_from,
            defaults={
                "scopes": row.scopes.split(),
                "valid_to": row.valid_to,
                "source": row.source,
                "quality": row.quality.value,
            },
        )
    known = {row.code: _project(row) for row in workspace.jcm_projects}
    for issued in workspace.jcm_issuances:
        _issuance(known[issued.project], issued)
    sealing.seal()


def _methodologies() -> None:
    """Those that come with the program; one that somebody moved on here is left as it is."""
    for found in methods.packaged():
        known = Methodology.objects.filter(code=found.id, version=found.version).first()
        if known is not None and known.revision > 1:
            continue
        stated = {
            "title_en": found.title,
            "scope": found.scope,
            "proposed_code": found.proposed_id,
            "approved_on": found.approved,
            "state": "approved" if found.approved else "draft",
            "known_state": "approved" if found.approved else "",
            "known_on": found.approved,
            "checked": found.checked,
            "source": found.source,
            "quality": found.quality.value,
        }
        if known is None:
            Methodology.objects.create(code=found.id, version=found.version, **stated)
        else:
            _keep(known, stated)


def _keep(row: Any, stated: dict[str, Any]) -> None:
    if any(getattr(row, name) != value for name, value in stated.items()):
        for name, value in stated.items():
            setattr(row, name, value)
        row.save()


def _project(row: JcmProject) -> Project:
    known = Project.objects.filter(code=row.code).first()
    if known is not None and known.revision > 1:
        return known
    stated = {
        **{f"title_{lang}": getattr(row, f"title_{lang}") for lang in LANGUAGES},
        **{f"summary_{lang}": getattr(row, f"summary_{lang}") for lang in LANGUAGES},
        "reference": row.reference,
        "methodology": Methodology.objects.filter(code=row.methodology).first(),
        "methodology_said": row.methodology,
        "scope": row.scope,
        "state": row.state,
        "known_state": row.state,
        "known_on": row.known_on,
        "registered_on": row.registered_on,
        "source": row.source,
        "quality": row.quality.value,
    }
    if known is None:
        return moves.began(Project.objects.create(code=row.code, **stated))
    _keep(known, stated)
    return known


def _issuance(project: Project, row: JcmIssuance) -> None:
    if Issuance.objects.filter(project=project, number=row.number).exists():
        return
    made = Issuance.objects.create(
        project=project,
        number=row.number,
        start=row.period_start,
        end=row.period_end,
        state="issued",
        known_state="issued",
        known_on=row.known_on,
        source=f"{row.source}. {row.note}" if row.note else row.source,
        quality=row.quality.value,
    )
    importer = _importer()
    for account, side, amount in _shares(project, row):
        Allotment.objects.create(issuance=made, account=account, vintage=UNTOLD_VINTAGE, amount=amount)
        act = Act(
            key=uuid5(NAMESPACE, f"{project.code}:{row.number}:{account.number}"),
            by=importer,
            four_eyes=False,
            details={"issuance": str(made), "source": row.source, "import": True},
        )
        services.issue(act, series_for(project, side, UNTOLD_VINTAGE), account.account, amount)
    moves.began(made)


def _shares(project: Project, row: JcmIssuance) -> list[tuple[RegistryAccount, str, int]]:
    """Who got how many; what a source does not divide stays together in a pending account."""
    told = {"JP": row.government_jp, "VN": row.government_vn}
    found = [
        (account_of_party(PARTY[side], "national"), side, amount) for side, amount in told.items() if amount
    ]
    rest = row.issued - sum(amount for _account, _side, amount in found)
    if rest:
        found.append((_pending(project), UNTOLD_SIDE, rest))
    return sorted(found, key=lambda share: share[0].account_id)


def _pending(project: Project) -> RegistryAccount:
    names: dict[str, Any] = {
        "name_vi": f"Chưa rõ bên nhận: {project.title('vi')}",
        "name_ja": f"受取側の記載なし：{project.title('ja')}",
        "name_en": f"Receiving side not stated: {project.title('en')}",
    }
    known = RegistryAccount.objects.filter(kind="pending", name_en=names["name_en"]).first()
    return known or open_account(UNTOLD_PARTY, "pending", **names)


def _importer() -> User:
    user, fresh = User.objects.get_or_create(username=IMPORTER, defaults={"is_service": True})
    if fresh:
        user.set_unusable_password()
        user.save()
    return user
