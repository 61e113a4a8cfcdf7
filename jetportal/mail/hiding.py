"""Which mails somebody at the desk may not see: each part of the portal tells of its own."""

from collections.abc import Callable

from django.db.models import QuerySet

from jetportal.mail.models import OutgoingMail

Mails = QuerySet[OutgoingMail]
Rule = Callable[[Mails, int], Mails]  # with the key of the account
_rules: list[Rule] = []


def bring_rule(rule: Rule) -> None:
    """Let a part of the portal take mails away from what somebody sees."""
    if rule not in _rules:
        _rules.append(rule)


def seen_by(account: int, mails: Mails) -> Mails:
    """Keep what no rule hides from somebody; every page with mails of many people asks here."""
    for rule in _rules:
        mails = rule(mails, account)
    return mails
