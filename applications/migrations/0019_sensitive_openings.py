import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who opened which sensitive part of an application, when and why."""

    dependencies = [
        ('applications', '0018_eligibility_checks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SensitiveOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(max_length=30)),
                ('at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='applications.application')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'permissions': [('read_sensitive', 'Can open sensitive answers and documents')],
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('part', ''), _negated=True), name='opening_names_a_part'),
                    models.CheckConstraint(condition=models.Q(('reason__regex', '\\S')), name='opening_has_a_reason'),
                ],
            },
        ),
    ]
