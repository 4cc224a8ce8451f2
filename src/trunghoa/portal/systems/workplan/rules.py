"""Who may see, write, sign and lead what in the plan."""

import rules
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from trunghoa.portal.core.accounts.models import Organisation, Side, User
from trunghoa.portal.core.accounts.rules import is_officer, may_write, only_reads, reads_everything
from trunghoa.portal.core.record.standing import reader_key

from .models import Activity

# Before these the text belongs to those who write it.
OPEN_TO_ALL = ("agreed", "in_progress", "completed", "deferred", "cancelled")
# Afterwards what was promised is history, and history is not edited.
EDITABLE = ("draft", "proposed", "agreed", "in_progress")
LINE = """
    WITH RECURSIVE line(id) AS (
        SELECT id FROM TABLE WHERE id = %s
        UNION SELECT earlier.id FROM TABLE AS earlier JOIN line ON earlier.successor_id = line.id
    ) SELECT id FROM line
"""
ADD_ACTIVITY, CHANGE_PLAN = "workplan.add_activity", "workplan.change_plan"


@rules.predicate
def is_party(user: User) -> bool:
    """Of Viet Nam or of Japan: the two sides that agree."""
    return user.side in (Side.VN, Side.JP)


def today_of(organisation: Organisation | None) -> Organisation | None:
    """The organisation that has taken over what this one was to do."""
    seen = set()
    while organisation is not None and organisation.successor_id and organisation.pk not in seen:
        seen.add(organisation.pk)
        organisation = organisation.successor
    return organisation


@rules.predicate
def leads(user: User, activity: Activity) -> bool:
    """Of a lead organisation, or of what that has become."""
    if user.organisation_id is None:
        return False
    if user.organisation_id in (activity.lead_vn_id, activity.lead_jp_id):
        return True
    heirs = (today_of(activity.lead_vn), today_of(activity.lead_jp))
    return any(heir is not None and heir.pk == user.organisation_id for heir in heirs)


@rules.predicate
def may_see_text(user: User, activity: Activity) -> bool:
    """A draft is for the side that writes it; everything later is for those who act on it."""
    return activity.state != "draft" or activity.drafted_at in ("", user.side)


@rules.predicate
def is_open(user: User, activity: Activity) -> bool:
    return activity.state in EDITABLE


@rules.predicate
def reads_only(user: User) -> bool:
    return bool(only_reads(user)) or user.role in (User.Role.VERIFIER, User.Role.RESEARCHER)


officer_of_a_side = may_write & is_officer & is_party
works_on = may_write & is_party & may_see_text & (is_officer | (leads & ~reads_only))

rules.add_perm(ADD_ACTIVITY, officer_of_a_side)
rules.add_perm("workplan.change_activity", works_on & is_open)
rules.add_perm("workplan.settle_milestone", works_on)
rules.add_perm(CHANGE_PLAN, officer_of_a_side)


def visible_activities(user: User, prefix: str = "") -> Q:
    """Condition on activities; ``prefix`` leads from the queried table to the activity."""

    def on(**conditions: object) -> Q:
        return Q(**{prefix + key: value for key, value in conditions.items()})

    own = on(state="draft") & on(drafted_at__in=("", user.side))
    if reads_everything(user):
        return ~on(state="draft") | (own if is_officer(user) else on(pk__in=[]))
    seen = on(state__in=OPEN_TO_ALL)
    if user.organisation_id:
        line = lines_to(user.organisation_id)
        lead = on(lead_vn__in=line) | on(lead_jp__in=line)
        seen |= lead & (~on(state="draft") | own)
    return seen


def lines_to(organisation_id: int) -> RawSQL:
    """An organisation and those it took over from, as a part of the query that asks for what they lead."""
    table = connection.ops.quote_name(Organisation._meta.db_table)
    line = LINE.replace("TABLE", table)
    return RawSQL(line, (organisation_id,))  # noqa: S611 - the key is a parameter


def is_offered(user: User, permission: str) -> bool:
    """What ``user.has_perm`` says, without asking the database for groups: rights come from rules alone."""
    return user.is_superuser or bool(rules.has_perm(permission, user))


def reader(user: User) -> str:
    """What of a reader the list of activities depends on: drafts are a side's own, offers a right's."""
    offers = [is_offered(user, name) for name in (ADD_ACTIVITY, CHANGE_PLAN)]
    return f"{reader_key(user)}:{user.side}:{offers}"
