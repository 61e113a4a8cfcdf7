from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists inside sections, beside the answers that are given once."""

    dependencies = [
        ('applications', '0006_receipt_checks'),
    ]

    operations = [
        migrations.AddField(
            model_name='sectionanswers',
            name='entries',
            field=models.JSONField(default=dict),
        ),
    ]
