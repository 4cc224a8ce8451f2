"""Every save, deletion and changed relation of the project's models becomes an entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from .chain import record
from .values import differences, shown

OURS = "trunghoa.portal"
# Models whose changes are not entered, each with the reason.
EXEMPT = {
    "audit.auditentry": "the chain itself",
    "audit.head": "the chain itself",
    "ledger.block": "follows from the postings; `ledger verify` compares them",
    "ledger.ledgertransaction": "append-only itself; each seal over a batch is entered",
    "ledger.posting": "append-only itself; each seal over a batch is entered",
    "ledger.total": "follows from the postings; `ledger verify` compares them",
    "ledger.turnover": "follows from the postings; `ledger verify` compares them",
    "charts.drawing": "a cache, kept by its content",
    "charts.standingview": "a cache of what figures say",
    "record.workerlease": "the pulse of a worker",
    "workflow.waiting": "derived from the state after each move, which is entered",
}
# Models of other packages that say who may come in.
ALSO = {"mfa.authenticator": ("data",)}
# Fields whose change alone is no news: progress, and what signing in writes.
QUIET = {
    "record.run": {"progress", "message"},
    "publication.publication": {"progress", "message"},
    "accounts.user": {"last_login"},
    "accounts.usersession": {"seen_on", "address"},
    "accounts.apitoken": {"last_used_on"},
    "mfa.authenticator": {"last_used_at"},
}
_unheard: ContextVar[frozenset[str]] = ContextVar("audit_unheard", default=frozenset())


def watched(model: type[models.Model]) -> bool:
    """Whether changes of this model are entered."""
    label = model._meta.label_lower
    ours = model._meta.app_config is not None and model._meta.app_config.name.startswith(OURS)
    return label in ALSO or (ours and label not in EXEMPT)


def connect() -> None:
    """Listen to every watched model; called once all models are known."""
    for label, secrets in ALSO.items():
        if apps.is_installed(f"allauth.{label.partition('.')[0]}"):
            apps.get_model(label).AUDIT_SECRETS = secrets
    for model in apps.get_models():
        if not watched(model):
            continue
        name = model._meta.label_lower
        _make_whole(model)
        pre_save.connect(before_save, sender=model, dispatch_uid=f"audit:{name}")
        post_save.connect(after_save, sender=model, dispatch_uid=f"audit:{name}")
        post_delete.connect(after_delete, sender=model, dispatch_uid=f"audit:{name}")
        for field in model._meta.local_many_to_many:
            through = field.remote_field.through
            if through._meta.auto_created:
                m2m_changed.connect(after_relation, sender=through, dispatch_uid=f"audit:{through.__name__}")


def _make_whole(model: type[models.Model]) -> None:
    """Row and entry are committed together, also where the caller opened no transaction."""
    save_base = model.save_base

    @wraps(save_base)
    def whole(self: models.Model, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(savepoint=False):
            save_base(self, *args, **kwargs)

    model.save_base = whole  # type: ignore[method-assign]


@contextmanager
def unheard(model: type[models.Model]) -> Iterator[None]:
    """Rows of this model make no entries of their own inside: one entry for all of them is written."""
    token = _unheard.set(_unheard.get() | {model._meta.label_lower})
    try:
        yield
    finally:
        _unheard.reset(token)


def is_heard(model: type[models.Model]) -> bool:
    return model._meta.label_lower not in _unheard.get()


def values_of(row: models.Model) -> dict[str, Any]:
    """What an instance holds, without asking the database for what was left out."""
    held = row.__dict__
    return {f.attname: held[f.attname] for f in row._meta.concrete_fields if f.attname in held}


def before_save(sender: type[models.Model], instance: models.Model, **more: Any) -> None:
    """Look at what stands, so that the entry can say what changed."""
    stored: dict[str, Any] | None = None
    if instance.pk is not None and not instance._state.adding:
        names = [f.attname for f in sender._meta.concrete_fields]
        stored = sender._base_manager.filter(pk=instance.pk).values(*names).first()
    instance._audit_before = stored


def after_save(sender: type[models.Model], instance: models.Model, created: bool, **more: Any) -> None:
    before = instance.__dict__.pop("_audit_before", None)
    if not is_heard(sender):
        return
    after = values_of(instance)
    if any(hasattr(value, "resolve_expression") for value in after.values()):
        after = sender._base_manager.filter(pk=instance.pk).values(*after).get()
    if created or before is None:
        enter("created", instance, after=shown(sender, after))
        return
    fields = more.get("update_fields")
    if fields is not None:
        after = {name: v for name, v in after.items() if _named(sender, name, fields)}
    changed(instance, before, after)


def _named(model: type[models.Model], attname: str, fields: Any) -> bool:
    field = next(f for f in model._meta.concrete_fields if f.attname == attname)
    return field.name in fields or attname in fields


def changed(instance: models.Model, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Enter what differs, unless only quiet fields do."""
    model = type(instance)
    old, new = differences(model, before, after)
    if set(old) - quiet(model):
        enter("changed", instance, before=old, after=new)


def quiet(model: type[models.Model]) -> set[str]:
    """Fields whose change alone makes no entry."""
    dated = {f.name for f in model._meta.concrete_fields if getattr(f, "auto_now", False)}
    return QUIET.get(model._meta.label_lower, set()) | dated


def after_delete(sender: type[models.Model], instance: models.Model, **more: Any) -> None:
    if is_heard(sender):
        enter("deleted", instance, before=shown(sender, values_of(instance)))


def after_relation(
    sender: type[models.Model],
    instance: models.Model,
    action: str,
    model: type[models.Model],
    pk_set: set[Any] | None,
    reverse: bool,
    **more: Any,
) -> None:
    """Enter which rows were related or parted."""
    if action == "pre_clear":
        instance._audit_parted = _related(sender, instance, model, reverse)
        return
    if action not in ("post_add", "post_remove", "post_clear"):
        return
    keys = pk_set if pk_set is not None else instance.__dict__.pop("_audit_parted", set())
    if not keys or not is_heard(type(instance)):
        return
    listed = {"relation": sender._meta.label_lower, "rows": sorted(str(key) for key in keys)[:500]}
    if action == "post_add":
        enter("related", instance, after=listed)
    else:
        enter("parted", instance, before=listed)


def _related(
    through: type[models.Model], instance: models.Model, model: type[models.Model], reverse: bool
) -> set[Any]:
    ends = {f.remote_field.model: f for f in through._meta.concrete_fields if f.is_relation}
    here, there = ends[type(instance)], ends[model]
    found = through._default_manager.filter(**{here.name: instance})
    return set(found.values_list(there.attname, flat=True))


def enter(verb: str, instance: models.Model, **content: Any) -> None:
    """Enter something about one row."""
    record(
        verb,
        object_type=instance._meta.label_lower,
        object_id=str(instance.pk),
        label=label_of(instance),
        parent=parent_of(instance),
        **content,
    )


def label_of(instance: models.Model) -> str:
    """How the row is called, where saying so does not fail for want of what it refers to."""
    try:
        return str(instance)
    except Exception:
        # A label never stands in the way of a change.
        return f"{instance._meta.model_name} {instance.pk}"


def parent_of(instance: models.Model) -> str:
    """The key of what the row belongs to: its model names the relation in ``AUDITED_WITH``."""
    name = getattr(instance, "AUDITED_WITH", "")
    if not name:
        return ""
    field: Any = instance._meta.get_field(name)
    value = getattr(instance, field.attname)
    return f"{field.related_model._meta.label_lower}:{value}" if value is not None else ""


def key_of(instance: models.Model) -> str:
    return f"{instance._meta.label_lower}:{instance.pk}"
