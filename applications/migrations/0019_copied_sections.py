from django.db import migrations, models


class Migration(migrations.Migration):
    """Which sections were copied from an earlier application and not saved since."""

    dependencies = [
        ('applications', '0019_sensitive_openings'),
    ]

    operations = [
        migrations.AddField(
            model_name='sectionanswers',
            name='is_copied',
            field=models.BooleanField(default=False),
        ),
    ]
