from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from trunghoa.quantities import search_key


def carry_over(apps: Any, schema_editor: Any) -> None:
    """Evidence of figures becomes evidence of an object; documents can be searched by name."""
    Evidence = apps.get_model("record", "Evidence")
    ContentType = apps.get_model("contenttypes", "ContentType")
    if Evidence.objects.exists():
        figure, _ = ContentType.objects.get_or_create(app_label="record", model="figure")
        Evidence.objects.update(content_type=figure, object_id=models.F("figure_id"))
    Document = apps.get_model("record", "Document")
    for row in Document.objects.iterator():
        names = (row.filename, row.title_vi, row.title_ja, row.title_en)
        row.search = " ".join(dict.fromkeys(search_key(n) for n in names if n))
        row.save(update_fields=["search"])
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def back_to_figures(apps: Any, schema_editor: Any) -> None:
    """Only evidence of figures has a place in the older form."""
    Evidence = apps.get_model("record", "Evidence")
    Evidence.objects.filter(content_type__app_label="record", content_type__model="figure").update(
        figure_id=models.F("object_id")
    )
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_invitations_tokens_sessions'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('record', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filename', models.CharField(max_length=200)),
                ('title_vi', models.CharField(blank=True, max_length=300)),
                ('title_ja', models.CharField(blank=True, max_length=300)),
                ('title_en', models.CharField(blank=True, max_length=300)),
                ('search', models.CharField(blank=True, editable=False, max_length=1200)),
                ('classification', models.CharField(choices=[('public', 'Public'), ('organisation', 'Organisation'), ('officers', 'Officers')], default='officers', max_length=20)),
                ('added_on', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AlterModelOptions(
            name='evidence',
            options={'ordering': ['pk']},
        ),
        migrations.AlterField(
            model_name='evidence',
            name='figure',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='record.figure'),
        ),
        migrations.AddField(
            model_name='document',
            name='search',
            field=models.CharField(blank=True, editable=False, max_length=1200),
        ),
        migrations.AddField(
            model_name='evidence',
            name='added_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence_added', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evidence',
            name='added_on',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name='evidence',
            name='content_type',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='evidence_class',
            field=models.CharField(default='document', max_length=30),
        ),
        migrations.AddField(
            model_name='evidence',
            name='object_id',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='evidence',
            name='rejected_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence_rejected', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evidence',
            name='rejected_on',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='evidence',
            name='rejected_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='document',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='accounts.organisation'),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='accepted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence_accepted', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(carry_over, back_to_figures),
        migrations.RemoveField(
            model_name='evidence',
            name='figure',
        ),
        migrations.AlterField(
            model_name='evidence',
            name='content_type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype'),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='object_id',
            field=models.PositiveBigIntegerField(),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(fields=['content_type', 'object_id'], name='record_evid_content_87c474_idx'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_by', models.F('added_by')), _negated=True), name='evidence_four_eyes'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_on__isnull', True), ('rejected_on__isnull', True), _connector='OR'), name='evidence_one_decision'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(condition=models.Q(('rejected_on__isnull', True)), fields=('content_type', 'object_id', 'document', 'page', 'evidence_class'), name='evidence_once'),
        ),
        migrations.AddField(
            model_name='registration',
            name='added_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='registration',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='record.document'),
        ),
        migrations.AddField(
            model_name='registration',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='accounts.organisation'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(fields=('document', 'owner'), name='one_registration_per_owner'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.UniqueConstraint(condition=models.Q(('owner__isnull', True)), fields=('document',), name='one_registration_without_owner'),
        ),
    ]
