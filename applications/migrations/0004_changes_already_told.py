from django.db import migrations


def mark(apps, schema_editor):
    """Take what changed before there was mail about it as told: old news must not go out now."""
    told = apps.get_model("applications", "RoundChangeTold")
    changes = apps.get_model("positions", "RoundChange").objects.all()
    told.objects.bulk_create(
        [told(change=change, finished_at=change.at) for change in changes.iterator()], batch_size=500
    )


class Migration(migrations.Migration):

    dependencies = [
        ("applications", "0003_late_grants"),
    ]

    operations = [
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
