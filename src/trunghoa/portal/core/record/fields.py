"""A decimal that keeps every digit on both databases."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class ExactDecimalField(models.Field):
    """Numeric without a scale on PostgreSQL, text on SQLite, whose own decimals are 15-digit floats."""

    description = "exact decimal"

    def db_type(self, connection: Any) -> str:
        return "numeric" if connection.vendor == "postgresql" else "text"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except ArithmeticError as error:
            raise ValidationError("Not a decimal number.") from error

    def get_prep_value(self, value: Any) -> Decimal | None:
        return self.to_python(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        exact = value if prepared else self.get_prep_value(value)
        if exact is None or connection.vendor == "postgresql":
            return exact
        return f"{exact:f}"
