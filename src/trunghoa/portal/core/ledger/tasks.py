"""Sealing in the background, soon after something was entered."""

from __future__ import annotations

from django.db import transaction
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from . import sealing


@task()
def seal_new() -> None:
    """Seal whatever is committed and not yet sealed; twice changes nothing."""
    sealing.seal()


def seal_soon() -> None:
    """Ask for a seal once what is being entered is committed; one that still waits takes it along."""
    transaction.on_commit(_ask)


def _ask() -> None:
    if not DBTaskResult.objects.filter(task_path=seal_new.module_path, status="READY").exists():
        seal_new.enqueue()
