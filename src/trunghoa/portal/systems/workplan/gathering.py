"""Milestones and signatures of an activity as values of its own row: a list asks once for all three."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Aggregate, CharField, JSONField, OuterRef, Subquery
from django.db.models.functions import Cast, JSONArray

from trunghoa.portal.core.workflow.models import SignOff

from .models import Activity, Milestone


class Gathered(Aggregate):
    """The rows of a group as one JSON array, in no order of their own."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **more)


def milestones() -> Subquery:
    """For each activity: due date, key, owing side, weight, day done and reason waived of its milestones."""
    # The weight as text: a JSON number would come back as a float.
    row = JSONArray("due", "pk", "owing", Cast("weight", CharField()), "done_on", "waived_reason")
    found = Milestone.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
    return Subquery(found.annotate(gathered=Gathered(row)).values("gathered"))


def signatures() -> Subquery:
    """For each activity: key, side, signed hash and whether it takes back what was signed before."""
    row = JSONArray("pk", "side", "sha256", "voids")
    kind = ContentType.objects.get_for_model(Activity)
    found = SignOff.objects.filter(content_type=kind, object_id=OuterRef("pk")).order_by().values("object_id")
    return Subquery(found.annotate(gathered=Gathered(row)).values("gathered"))


def sides_signed(gathered: Iterable[Any] | None, agreed: str) -> set[str]:
    """Sides whose signatures stand: read in the order given, an edit takes back those before it.

    Once agreed, only signatures of the agreed revision count.
    """
    signed: set[str] = set()
    for _key, side, sha256, voids in sorted(gathered or ()):
        if voids:
            signed.clear()
        elif agreed in ("", sha256):
            signed.add(side)
    return signed
