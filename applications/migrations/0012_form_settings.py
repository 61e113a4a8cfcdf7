import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Limits of the form that staff set for one round."""

    dependencies = [
        ('applications', '0011_corrections_after_sending'),
        ('positions', '0004_watches'),
    ]

    operations = [
        migrations.CreateModel(
            name='FormSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('limits', models.JSONField(blank=True, default=dict)),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='form_settings', to='positions.recruitmentround', to_field='slug')),
            ],
            options={
                'verbose_name': 'limits of the form',
                'verbose_name_plural': 'limits of the form',
            },
        ),
    ]
