from django.db import migrations, models


class Migration(migrations.Migration):
    """What was sent names its vacancy, its address and the end it met; ends are explained."""

    dependencies = [
        ('applications', '0009_fill_ends_at_sent'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ('draft', 'lapsed')), models.Q(('vacancy__isnull', False), models.Q(('email', ''), _negated=True)), _connector='OR'), name='sent_applications_name_vacancy_and_email'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('reference', None), ('reference__regex', '^[2-9A-HJKMNP-TV-Z]{9}$'), _connector='OR'), name='reference_is_nine_symbols'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_at_sent', None), ('submitted_at', None)), models.Q(('ends_at_sent__isnull', False), ('submitted_at__isnull', False), ('submitted_at__lt', models.F('ends_at_sent'))), _connector='OR'), name='sent_applications_keep_the_end_they_met'),
        ),
        migrations.AddConstraint(
            model_name='statuschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('to_status__in', ('incomplete', 'ineligible', 'disqualified')), _negated=True), ('reason__regex', '\\S'), _connector='OR'), name='status_change_that_ends_it_has_a_reason'),
        ),
    ]
