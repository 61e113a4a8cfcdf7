"""What stood in the draft in place of a late submit that was let in: for its owner to read."""

from dataclasses import replace

from applications.domain.form import completeness
from applications.domain.form.answers import section_answers
from applications.domain.form.submitted import ShownPart
from applications.domain.lateness import late
from applications.models import Application, SectionAnswers
from applications.sections.registry import sections_for
from jetportal.sealing import unseal


def unsent_parts(application: Application) -> tuple[ShownPart, ...]:
    """Return the sections typed after the late submit that counts, as they stood then.

    For the applicant alone: sensitive ones are opened. One query where there are none.
    """
    row = application.late_submits.exclude(unsent="").first()
    if row is None:
        return ()
    if unseal(row.unsent) is None:
        return (ShownPart("unsent", "What you typed", (), apart=True),)
    typed = late.unsent(row)
    rows = {key: SectionAnswers(application=application, section=key) for key in typed}
    for key, (answers, entries) in typed.items():
        rows[key].keep(answers, entries)
    loaded = replace(completeness.load(application), answers=rows)
    return tuple(
        ShownPart(section.key, section.title, section_answers(loaded, section))
        for section in sections_for(application.round)
        if section.key in typed
    )
