"""A background job says what it is and which one; the person behind it is named by what it works on."""

from __future__ import annotations

from typing import Any

from django_tasks.signals import task_finished, task_started

from .context import Context, current, enter_context

_outer: dict[str, Context] = {}


def connect() -> None:
    task_started.connect(started, dispatch_uid="audit")
    task_finished.connect(finished, dispatch_uid="audit")


def started(sender: Any, task_result: Any, **more: Any) -> None:
    outer = current()
    _outer[task_result.id] = outer
    origin = f"job {task_result.task.module_path.removeprefix('trunghoa.portal.')}"
    enter_context(Context(outer.actor, origin, str(task_result.id), outer.request))


def finished(sender: Any, task_result: Any, **more: Any) -> None:
    enter_context(_outer.pop(task_result.id, None))
