"""Django's backend, sealing audit entries at commit."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.sqlite3 import base, operations

from ..sealing import SealingMixin
from ..triggers import around_flush


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        return around_flush("sqlite", tables, super().sql_flush(style, tables, **options))


class DatabaseWrapper(SealingMixin, base.DatabaseWrapper):
    ops_class = DatabaseOperations
