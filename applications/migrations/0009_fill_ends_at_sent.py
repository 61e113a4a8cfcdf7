from django.db import migrations


def fill(apps, schema_editor):
    """Work out the end that counted at each arrival: before later extensions, with late grants."""
    applications = apps.get_model('applications', 'Application')
    grants = apps.get_model('applications', 'LateGrant')
    changes = apps.get_model('positions', 'RoundChange')
    for sent in applications.objects.filter(ends_at_sent=None).exclude(submitted_at=None).select_related('round').iterator():
        arrived = sent.submitted_at
        later = changes.objects.filter(round=sent.round, kind='extended', at__gt=arrived).order_by('pk')
        ends = [*later.values_list('old_closes_at', flat=True), sent.round.closes_at]
        granted = grants.objects.filter(applicant=sent.applicant_id, round=sent.round, approved_at__lte=arrived)
        own = list(granted.values_list('until_at', flat=True))
        sent.ends_at_sent = max([next((end for end in ends if end > arrived), ends[-1]), *own])
        sent.save(update_fields=['ends_at_sent'])


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0008_ends_at_sent'),
        ('positions', '0005_names_and_times'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
