from typing import Any

from django.db import migrations

from trunghoa.portal.core.audit.triggers import OFF, ON


def refuse(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        for statement in ON[editor.connection.vendor]:
            cursor.execute(statement)


def allow(apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        for statement in OFF[editor.connection.vendor]:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_entries_and_head")]
    operations = [migrations.RunPython(refuse, allow)]
