"""On whose behalf the program acts right now. Knows no model, so that commands can name themselves early."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Context:
    """Who acts, through what, and in answer to which request."""

    actor: Any = None
    origin: str = ""
    request_id: str = ""
    request: Any = None

    def actor_id(self) -> int | None:
        """The acting person; that of a request is looked up only when something changes."""
        user = self.actor if self.actor is not None else getattr(self.request, "user", None)
        return user.pk if user is not None and getattr(user, "is_authenticated", False) else None


_current: ContextVar[Context | None] = ContextVar("audit_context", default=None)
# What every thread of this process is, unless it says something else: the name of a command.
_process = Context()


def current() -> Context:
    return _current.get() or _process


def name_process(origin: str) -> None:
    _process.origin = origin


def enter_context(context: Context | None) -> None:
    """Where beginning and end are told apart by signals and no block can stand."""
    _current.set(context)


@contextmanager
def entered(context: Context) -> Iterator[Context]:
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


@contextmanager
def acting(user: Any = None, *, origin: str | None = None, request_id: str | None = None) -> Iterator[None]:
    """Let a person stand behind what is done inside; what is not given stays as it was."""
    outer = current()
    inner = Context(
        actor=user if user is not None else outer.actor,
        origin=outer.origin if origin is None else origin,
        request_id=outer.request_id if request_id is None else request_id,
        request=outer.request,
    )
    with entered(inner):
        yield
