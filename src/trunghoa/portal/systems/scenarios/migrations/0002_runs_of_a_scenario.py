from typing import Any

from django.db import migrations, models


def known_runs(apps: Any, schema_editor: Any) -> None:
    """What a scenario shows or last asked for is what is known of its runs."""
    scenario = apps.get_model("scenarios", "Scenario")
    for row in scenario.objects.all():
        row.runs.add(*filter(None, {row.last_run_id, row.shown_run_id}))


class Migration(migrations.Migration):

    dependencies = [
        ("record", "0002_registrations_and_evidence"),
        ("scenarios", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="scenario",
            name="runs",
            field=models.ManyToManyField(blank=True, editable=False, related_name="scenarios", to="record.run"),
        ),
        migrations.RunPython(known_runs, migrations.RunPython.noop),
    ]
