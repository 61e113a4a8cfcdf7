from django.db import migrations, models


class Migration(migrations.Migration):
    """The end that counted when an application was sent; later extensions leave it alone."""

    dependencies = [
        ('applications', '0007_entry_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='ends_at_sent',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
