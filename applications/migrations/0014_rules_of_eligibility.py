from django.db import migrations, models


class Migration(migrations.Migration):
    """Dates and numbers of eligibility that staff set for one round."""

    dependencies = [
        ('applications', '0013_references'),
    ]

    operations = [
        migrations.AddField(
            model_name='formsettings',
            name='rules',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
