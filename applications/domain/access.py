"""Who may see and do what. One place: pages, desk, files and exports ask here."""

from applications.domain.moves import Actor
from applications.models import UNSENT, Application, Document, Scan
from applications.models.application import ApplicationQuerySet
from jetportal import scanning
from jetportal.accounts.models import User

COORDINATORS = "Coordinators"
PROGRAM_OFFICE = "Program office"
ADMINISTRATORS = "Administrators"


def group_names(user: User) -> frozenset[str]:
    """Return the names of the user's groups, read once per user object."""
    if not hasattr(user, "_group_names"):
        user._group_names = frozenset(user.groups.values_list("name", flat=True))  # type: ignore[attr-defined]
    names: frozenset[str] = user._group_names  # type: ignore[attr-defined]
    return names


def actors_of(user: User) -> frozenset[Actor]:
    """Return whom a member of staff acts as; nobody acts as an applicant for somebody else."""
    if not (user.is_active and user.is_staff):
        return frozenset()
    names = group_names(user)
    actors = {
        COORDINATORS: Actor.COORDINATOR,
        PROGRAM_OFFICE: Actor.PROGRAM_OFFICE,
    }
    return frozenset(actor for name, actor in actors.items() if name in names)


def own_consulate(user: User) -> str | None:
    office = getattr(user, "office", None)
    return office.consulate_id if office else None


def sees_every_consulate(user: User) -> bool:
    return Actor.PROGRAM_OFFICE in actors_of(user)


def reviewable_by(user: User) -> ApplicationQuerySet:
    """Return the sent applications a member of staff may see: the own consulate's, or all."""
    everything: ApplicationQuerySet = Application.objects.for_desk()
    if sees_every_consulate(user):
        return everything
    if Actor.COORDINATOR in actors_of(user) and (consulate := own_consulate(user)):
        return everything.filter(consulate=consulate)
    return everything.none()


def may_review(user: User) -> bool:
    return bool(actors_of(user))


def may_grant(user: User) -> bool:
    """Tell whether the user may ask for and approve late grants."""
    return Actor.PROGRAM_OFFICE in actors_of(user)


def may_open_sensitive(user: User, application: Application) -> bool:
    """Tell whether the user may open what is kept apart in a file they see; drafts stay shut."""
    return (
        user.has_perm("applications.read_sensitive")
        and application.status not in UNSENT
        and application.applicant_id != user.pk
        and may_review(user)
    )


def may_release(user: User) -> bool:
    """Tell whether the user sees recorded results, and may release them with somebody else."""
    return Actor.PROGRAM_OFFICE in actors_of(user)


def may_download(user: User, application: Application) -> bool:
    """Tell whether the user may open the files of an application."""
    if application.applicant_id == user.pk:
        return True
    return may_review(user) and reviewable_by(user).filter(pk=application.pk).exists()


def why_not_opened(document: Document) -> str:
    """Say why staff may not open a file whatever their role; empty where its role decides."""
    if document.scan == Scan.REFUSED:
        return "The virus scanner refused this file. Nobody can open it."
    if document.scan == Scan.WAITING or (document.scan == Scan.NONE and scanning.is_on()):
        return "Being checked for viruses. It can be opened after that."
    return ""


def may_open(user: User, document: Document) -> bool:
    """Tell whether the user may open a file: its owner, or staff once it is checked.

    What the virus scanner refused opens for nobody, what is sensitive for its owner alone.
    """
    if document.application.applicant_id == user.pk:
        return document.scan != Scan.REFUSED
    if document.is_sensitive or why_not_opened(document):
        return False
    return may_download(user, document.application)
