from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns for what is stored sealed, and for the questions about health of a round."""

    dependencies = [
        ('applications', '0014_rules_of_eligibility'),
    ]

    operations = [
        migrations.AddField(
            model_name='sectionanswers',
            name='sealed',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='frozenanswers',
            name='sealed',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='formsettings',
            name='medical_items',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
