import json

from django.db import migrations

from jetportal.sealing import seal, unseal

OLD, NEW = 'wishes', 'grounds'


def seal_grounds(apps, schema_editor):
    """Take the grounds out of the wishes, and seal the part that they are now."""
    rows = apps.get_model('applications', 'SectionAnswers').objects
    for row in rows.filter(section=NEW, sealed='').iterator():
        _seal(row, row.answers)
    for wishes in rows.filter(section=OLD).iterator():
        grounds = wishes.answers.pop('grounds', None)
        if grounds is None:
            continue
        wishes.save(update_fields=['answers'])
        if any(grounds):
            row = rows.model(application_id=wishes.application_id, section=NEW, saved_at=wishes.saved_at)
            _seal(row, {'grounds': grounds})
    _rename_limit(apps, OLD, NEW)


def _seal(row, answers):
    row.sealed = seal(json.dumps({'answers': answers, 'entries': row.entries}))
    row.answers, row.entries = {}, {}
    row.save()


def _rename_limit(apps, old, new):
    for settings in apps.get_model('applications', 'FormSettings').objects.iterator():
        limit = settings.limits.pop(f'{old}.grounds', None)
        if limit is not None:
            settings.limits[f'{new}.grounds'] = limit
            settings.save(update_fields=['limits'])


def bring_back(apps, schema_editor):
    """Put the grounds of annual rounds back into the wishes, those of others into the open."""
    rows = apps.get_model('applications', 'SectionAnswers').objects
    for row in rows.filter(section=NEW).exclude(sealed='').iterator():
        answers = json.loads(unseal(row.sealed))['answers']
        wishes = rows.filter(application=row.application_id, section=OLD).first()
        if wishes is None:
            row.answers, row.sealed = answers, ''
            row.save()
            continue
        wishes.answers['grounds'] = answers.get('grounds', [''])
        wishes.save(update_fields=['answers'])
        row.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0015_sealed_answers'),
    ]

    operations = [
        migrations.RunPython(seal_grounds, bring_back),
    ]
