"""What the portal's database backends add: entries are sealed before commit and dropped at rollback."""

from __future__ import annotations

from typing import Any

TABLE = "audit_auditentry"
REFUSAL = "Audit entries are never changed or deleted."


class SealingMixin:
    """For a DatabaseWrapper."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pending: list[Any] = []

    def _commit(self) -> Any:
        if self.pending:
            from .chain import seal

            try:
                seal(self)
            except BaseException:
                # Django rolls back after database errors only; a change without its entry must not stand.
                self._rollback()
                raise
        return super()._commit()

    def _rollback(self) -> Any:
        self.pending = []
        return super()._rollback()

    def savepoint_rollback(self, sid: str) -> None:
        super().savepoint_rollback(sid)
        self.pending = [held for held in self.pending if sid not in held.savepoints]

    def close(self) -> None:
        self.pending = []
        super().close()
