from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0042_indexes_of_requests'),
        ('positions', '0009_sports_apart_in_addresses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='completenesscheck',
            index=models.Index(condition=models.Q(('verdict__in', ['missing', 'unclear'])), fields=['application'], name='check_with_trouble'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['outcome'], name='decision_waits_by_outcome'),
        ),
    ]
