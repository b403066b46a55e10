import django.db.models.deletion
import uuid
from django.db import migrations, models

from minsheng.foundation.access.rls import protect
from minsheng.foundation.audit.schema import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('cockpit', '0002_protection'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='document_number',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='projectreport',
            name='delay_reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='selfcheck',
            name='document_number',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.CreateModel(
            name='KeptFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('area_id', models.IntegerField()),
                ('name', models.CharField(max_length=100)),
                ('media_type', models.CharField(max_length=20)),
                ('size', models.IntegerField()),
                ('width', models.IntegerField()),
                ('height', models.IntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('content_sealed', models.BinaryField()),
                ('kept_at', models.DateTimeField()),
                ('kept_by', models.BigIntegerField()),
            ],
            options={
                'db_table': 'cockpit_file',
                'constraints': [models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='cockpit_file_digest'), models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='cockpit_file_size'), models.CheckConstraint(condition=models.Q(('media_type__in', ['image/jpeg', 'image/png', 'application/pdf'])), name='cockpit_file_media_type')],
            },
        ),
        migrations.AddField(
            model_name='entry',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cockpit.keptfile'),
        ),
        migrations.AddField(
            model_name='selfcheck',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cockpit.keptfile'),
        ),
        migrations.CreateModel(
            name='NameLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=200)),
                ('indicator', models.CharField(blank=True, max_length=60)),
                ('as_goal', models.BooleanField(default=True)),
                ('linked_at', models.DateTimeField()),
                ('linked_by', models.BigIntegerField()),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cockpit.planfile')),
            ],
            options={
                'db_table': 'cockpit_name_link',
                'indexes': [models.Index(fields=['plan', 'label', '-id'], name='cockpit_name_link_last')],
                'constraints': [models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='cockpit_name_link_label')],
            },
        ),
        migrations.CreateModel(
            name='ProjectPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area_id', models.IntegerField()),
                ('taken_on', models.DateField()),
                ('words', models.CharField(max_length=200)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.BigIntegerField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.BigIntegerField(null=True)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=200)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cockpit.keptfile')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cockpit.statement')),
            ],
            options={
                'db_table': 'cockpit_project_photo',
                'indexes': [models.Index(fields=['statement', '-taken_on', '-id'], name='cockpit_project_photo_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='cockpit_project_photo_words'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='cockpit_project_photo_withdrawn')],
            },
        ),
        protect("cockpit_file"),
        protect("cockpit_project_photo"),
        append_only("cockpit_file"),
        append_only("cockpit_name_link"),
    ]
