import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Documents of every kind, several in a slot, and what the virus scanner said of each."""

    dependencies = [
        ('applications', '0020_dead_link_visits'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='document',
            options={'ordering': ['pk']},
        ),
        migrations.RemoveConstraint(
            model_name='document',
            name='one_document_per_slot',
        ),
        migrations.RemoveConstraint(
            model_name='document',
            name='document_slot_known',
        ),
        migrations.AddField(
            model_name='document',
            name='scan',
            field=models.CharField(choices=[('none', 'Not scanned'), ('waiting', 'Being checked'), ('clean', 'Checked'), ('refused', 'Refused by the virus scanner')], default='none', max_length=8),
        ),
        migrations.AddField(
            model_name='document',
            name='scanned_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='document',
            name='key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='document',
            name='slot',
            field=models.CharField(choices=[('transcripts', 'Transcripts'), ('graduation', 'Proof of graduation'), ('citizenship', 'Proof of citizenship'), ('name_change', 'Proof of a change of name'), ('teaching', 'Teaching license'), ('tefl', 'TEFL or TESL certificate'), ('jlpt', 'JLPT certificate'), ('coaching', 'Coaching certificate, or proof of experience'), ('federation', 'Recommendation by a federation'), ('health', 'Certificate of Health'), ('physician', 'Statement of Physician'), ('criminal_record', 'Criminal record')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('scan__in', ['none', 'waiting'])), fields=['id'], name='document_not_scanned'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(condition=models.Q(('slot__in', ('citizenship', 'federation', 'health'))), fields=('application', 'slot'), name='one_document_per_single_slot'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('application', 'slot', 'sha256'), name='same_file_once_per_slot'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('slot__in', ['transcripts', 'graduation', 'citizenship', 'name_change', 'teaching', 'tefl', 'jlpt', 'coaching', 'federation', 'health', 'physician', 'criminal_record'])), name='document_slot_known'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('scan__in', ['none', 'waiting', 'clean', 'refused'])), name='document_scan_known'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scan__in', ('clean', 'refused')), ('scanned_at__isnull', False)), models.Q(models.Q(('scan__in', ('clean', 'refused')), _negated=True), ('scanned_at', None)), _connector='OR'), name='document_scanned_at_set_once_scanned'),
        ),
    ]
