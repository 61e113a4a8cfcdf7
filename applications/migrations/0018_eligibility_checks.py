import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The last eligibility check of each application."""

    dependencies = [
        ('applications', '0018_late_submits'),
    ]

    operations = [
        migrations.CreateModel(
            name='EligibilityCheck',
            fields=[
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='eligibility', serialize=False, to='applications.application')),
                ('at', models.DateTimeField()),
                ('position', models.CharField(choices=[('ALT', 'Assistant Language Teacher'), ('CIR', 'Coordinator for International Relations'), ('SEA', 'Sports Exchange Advisor')], max_length=3)),
                ('outlook', models.CharField(choices=[('likely', 'Likely'), ('unlikely', 'Unlikely'), ('ask', 'Ask us')], max_length=8)),
                ('wording', models.CharField(max_length=10)),
                ('answers', models.JSONField(default=dict)),
                ('verdicts', models.JSONField(default=list)),
                ('rules', models.JSONField(default=dict)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('position__in', ['ALT', 'CIR', 'SEA'])), name='eligibility_position_known'),
                    models.CheckConstraint(condition=models.Q(('outlook__in', ['likely', 'unlikely', 'ask'])), name='eligibility_outlook_known'),
                    models.CheckConstraint(condition=models.Q(('wording', ''), _negated=True), name='eligibility_names_its_wording'),
                ],
            },
        ),
    ]
