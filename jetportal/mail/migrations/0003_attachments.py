
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0002_address_corrections"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="attachment",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="attachment_kind",
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="attachment_name",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attachment", ""), ("attachment_kind", ""), ("attachment_name", "")),
                    models.Q(
                        ("secret", False),
                        models.Q(("attachment", ""), _negated=True),
                        models.Q(("attachment_name", ""), _negated=True),
                        models.Q(("attachment_kind", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="mail_attachment_is_whole_and_never_secret",
            ),
        ),
    ]
