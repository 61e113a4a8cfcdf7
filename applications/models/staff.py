from django.conf import settings
from django.db import models

from positions.models import Consulate


class StaffOffice(models.Model):
    """The one consulate whose applications a coordinator sees."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="office")
    consulate = models.ForeignKey(Consulate, models.PROTECT, related_name="staff")

    def __str__(self) -> str:
        return f"account {self.user_id} at {self.consulate_id}"
