from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("positions", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="recruitmentround",
            options={
                "ordering": ["-closes_at", "slug"],
                "permissions": [
                    ("publish_recruitmentround", "Can publish, extend and cancel a round")
                ],
            },
        ),
    ]
