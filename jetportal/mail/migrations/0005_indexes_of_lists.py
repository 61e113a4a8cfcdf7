import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0004_failed_mail_by_recipient'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['-id'], name='mail_failed_newest'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(django.db.models.functions.text.Upper('recipient'), name='mail_by_recipient'),
        ),
    ]
