from django.db import migrations, models
from django.db.models import Q

SENSITIVE = ('criminal', 'grounds', 'medical')


class Migration(migrations.Migration):
    """The database refuses a sensitive answer that is not sealed."""

    dependencies = [
        ('applications', '0016_seal_grounds'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='sectionanswers',
            constraint=models.CheckConstraint(
                condition=Q(sealed='') & ~Q(section__in=SENSITIVE)
                | Q(section__in=SENSITIVE, answers={}, entries={}) & ~Q(sealed=''),
                name='sensitive_answers_are_sealed',
            ),
        ),
    ]
