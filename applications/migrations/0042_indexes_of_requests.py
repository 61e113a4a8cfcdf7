from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0041_words_of_every_mail"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="referencerequest",
            index=models.Index(
                condition=models.Q(("state", "failed")), fields=["id"], name="request_that_failed"
            ),
        ),
        migrations.AddIndex(
            model_name="referencerequest",
            index=models.Index(
                condition=models.Q(("until_at__isnull", False)),
                fields=["until_at"],
                name="request_with_its_own_end",
            ),
        ),
    ]
