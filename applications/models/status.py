from django.db import models


class Status(models.TextChoices):
    """Where an application stands. Who may move it where: `applications.domain.workflow`."""

    DRAFT = "draft", "Draft"
    LAPSED = "lapsed", "Lapsed"
    SUBMITTED = "submitted", "Submitted"
    INCOMPLETE = "incomplete", "Incomplete"
    INELIGIBLE = "ineligible", "Ineligible"
    IN_SCREENING = "in_screening", "In screening"
    INTERVIEW_OFFERED = "interview_offered", "Interview offered"
    INTERVIEW_CONFIRMED = "interview_confirmed", "Interview confirmed"
    INTERVIEWED = "interviewed", "Interviewed"
    ABSENT = "absent", "Absent from interview"
    SHORT_LISTED = "short_listed", "Short-listed"
    ALTERNATE = "alternate", "Alternate"
    ALTERNATE_KEPT = "alternate_kept", "Alternate, place kept"
    LIST_CLOSED = "list_closed", "Alternate list closed"
    NOT_SELECTED = "not_selected", "Not selected"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    PLACED = "placed", "Placed"
    DEPARTED = "departed", "Departed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DISQUALIFIED = "disqualified", "Disqualified"


UNSENT = (Status.DRAFT, Status.LAPSED)
ENDS = (
    Status.LAPSED,
    Status.INCOMPLETE,
    Status.INELIGIBLE,
    Status.NOT_SELECTED,
    Status.ABSENT,
    Status.DECLINED,
    Status.LIST_CLOSED,
    Status.WITHDRAWN,
    Status.DISQUALIFIED,
    Status.DEPARTED,
)
LIVE = tuple(status for status in Status if status not in ENDS)
# Moves into these are explained: the history row carries a reason.
EXPLAINED = (Status.INCOMPLETE, Status.INELIGIBLE, Status.DISQUALIFIED)
