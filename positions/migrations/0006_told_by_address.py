from hashlib import sha256

from django.db import migrations

OPENED = {"watch_opened"}
CHANGED = {"watch_changed", "round_extended", "round_cancelled"}


def key_of(mail):
    """Return the key by address of a mail that was stored under the key of a row."""
    digest = sha256(mail.recipient.lower().encode()).hexdigest()
    parts = mail.key.split(":")
    if mail.kind in OPENED:  # watch:<watch>:<round>:opened
        return f"told:{parts[2]}:{digest}:opened"
    change = parts[3] if parts[0] == "watch" else parts[1]  # watch:<watch>:change:<change>
    return f"told:{change}:{digest}:changed"


def name_by_address(apps, schema_editor):
    """Remember who was told: nobody shall hear the same again because keys have a new form."""
    mails = apps.get_model("mail", "OutgoingMail").objects
    for mail in mails.filter(kind__in=OPENED | CHANGED).exclude(key__startswith="told:").iterator():
        key = key_of(mail)
        if not mails.filter(key=key).exists():
            mails.filter(pk=mail.pk).update(key=key)


class Migration(migrations.Migration):

    dependencies = [
        ("mail", "0001_initial"),
        ("positions", "0005_names_and_times"),
    ]

    operations = [
        migrations.RunPython(name_by_address, migrations.RunPython.noop),
    ]
