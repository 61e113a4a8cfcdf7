from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Lower, Replace


class Migration(migrations.Migration):
    dependencies = [("positions", "0008_told_again")]

    operations = [
        migrations.AddConstraint(
            model_name="sport",
            constraint=models.UniqueConstraint(
                Lower(Replace("name", Value(" "), Value("-"))),
                name="one_sport_per_part_of_an_address",
                violation_error_message="Addresses could not tell it from another sport.",
            ),
        ),
    ]
