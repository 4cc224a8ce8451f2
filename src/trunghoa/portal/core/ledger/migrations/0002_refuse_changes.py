from typing import Any

from django.db import migrations

from trunghoa.portal.core.ledger.triggers import FUNCTIONS, NO_FUNCTIONS, OFF, ON


def refuse(apps: Any, editor: Any) -> None:
    vendor = editor.connection.vendor
    run(editor, [*(FUNCTIONS if vendor == "postgresql" else []), *every(ON, vendor)])


def allow(apps: Any, editor: Any) -> None:
    vendor = editor.connection.vendor
    run(editor, [*every(OFF, vendor), *(NO_FUNCTIONS if vendor == "postgresql" else [])])


def every(statements: dict[str, dict[str, list[str]]], vendor: str) -> list[str]:
    return [line for table in statements.values() for line in table[vendor]]


def run(editor: Any, statements: list[str]) -> None:
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_ledger")]
    operations = [migrations.RunPython(refuse, allow)]
