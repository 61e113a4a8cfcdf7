import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Search by prefix and one round's newest, at any number of rows; fewer indexes to write."""

    dependencies = [
        ('applications', '0001_initial'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='application',
            name='application_by_name',
        ),
        migrations.RemoveIndex(
            model_name='application',
            name='application_by_email',
        ),
        migrations.AlterField(
            model_name='application',
            name='consulate',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='positions.consulate'),
        ),
        migrations.AlterField(
            model_name='application',
            name='email',
            field=models.CharField(blank=True, db_index=True, max_length=254),
        ),
        migrations.AlterField(
            model_name='application',
            name='family_name_folded',
            field=models.CharField(blank=True, db_index=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='application',
            name='round',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='positions.recruitmentround', to_field='slug'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['round', '-submitted_at', '-id'], name='application_newest_of_round'),
        ),
    ]
