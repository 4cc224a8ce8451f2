"""Django's backend, sealing audit entries at commit."""

from typing import Any

from django.db.backends.sqlite3 import base

from ..sealing import SealingMixin
from ..triggers import around_flush


class DatabaseOperations(base.DatabaseOperations):
    def sql_flush(self, style: Any, tables: list[str], **kwargs: Any) -> list[str]:
        return around_flush("sqlite", tables, super().sql_flush(style, tables, **kwargs))


class DatabaseWrapper(SealingMixin, base.DatabaseWrapper):
    ops_class = DatabaseOperations
