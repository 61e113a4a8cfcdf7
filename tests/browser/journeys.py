"""The whole form of each position type, part after part, as somebody in their place fills it in.

Between them the three answer every rule that asks for more: a former name, an early departure,
something to disclose, a yes about health. Each list that must have an entry gets one, the others
in one of the three.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from positions.models import PositionCode
from tests.applicants import pdf
from tests.browser.hands import Hands

Step = Callable[[Hands], None]
Parts = Mapping[str, Step]

ANA = "Ana Lindqvist-Moreno"
ACADEMIC = "Academic: a professor or an adviser"
PROFESSIONAL = "Professional: a supervisor or a manager"
SPORT = "Sport: a coach, a trainer or a federation"
NOTHING_ABOUT_HEALTH = {
    "Do you have a medical condition now?": "No",
    "Have you had a serious illness or operation in the past?": "No",
    "Are you, or were you, in treatment for your mental health?": "No",
    "Do you take medication regularly?": "No",
    "Do you have a disability, or need an accommodation?": "No",
    "Have you been treated in a hospital?": "No",
}


def nothing(hands: Hands) -> None:
    """A part that may be saved as it is."""


def writing(texts: Mapping[str, str]) -> Step:
    return lambda hands: hands.write(texts)


def choosing(answers: Mapping[str, str]) -> Step:
    return lambda hands: hands.choose(answers)


def add(hands: Hands, what: str, fill: Step, *, back_to: str) -> None:
    """Add an entry to a list, on its own page."""
    hands.press(f"Add {what}")
    hands.arrive(f"Add {what}")
    fill(hands)
    hands.press("Save this entry")
    hands.arrive(back_to)


def identity(hands: Hands) -> None:
    hands.write({"Family name": "Lindqvist-Moreno", "First name": "Ana"})
    hands.tick("My passport shows no middle name")
    hands.date("Birth date", "3", "27", "1996")
    hands.choose(
        {
            "Sex": "Female",
            "Are you a citizen of the United States?": "Yes",
            "Do you also hold Japanese nationality?": "No",
        }
    )


def identity_with_a_former_name(hands: Hands) -> None:
    hands.write(
        {
            "Family name": "Lindqvist-Moreno",
            "First name": "Ana",
            "Middle name": "Sofía",
            "Former names": "Ana Sofía Moreno",
        }
    )
    hands.date("Birth date", "3", "27", "1996")
    hands.choose(
        {
            "Sex": "Other",
            "Are you a citizen of the United States?": "Yes",
            "Do you also hold Japanese nationality?": "No",
        }
    )
    fill = writing({"Country": "Sweden", "How you came to hold it": "Through a parent"})
    add(hands, "a citizenship", fill, back_to="Identity")


def contact(hands: Hands) -> None:
    hands.write(
        {
            "Phone": "+1 202 555 0100",
            "Mailing address": "12 Example Street\nNew York, NY 10001",
            "Hometown": "Bergen",
            "Home state or territory": "New Jersey",
            "Emergency contact: name": "Luis Moreno",
            "Emergency contact: relation to you": "Father",
            "Emergency contact: phone": "+1 202 555 0101",
        }
    )


def household_of_three(hands: Hands) -> None:
    hands.choose({"Would you come to Japan alone?": "No"})
    hands.write({"Adults who would come with you": "1", "Children who would come with you": "1"})
    hands.choose({"Marital status": "Married"})
    hands.choose({"Does your partner apply to the JET Program as well?": "Yes"})
    hands.write({"Your partner's name": "伊藤 健"})


alone = choosing(
    {
        "Would you come to Japan alone?": "Yes",
        "Does your partner apply to the JET Program as well?": "No",
    }
)
never_before = choosing(
    {
        "Have you applied to the JET Program before?": "No",
        "Have you taken part in the JET Program?": "No",
    }
)
no_driver = choosing(
    {"Do you hold a driver's license?": "No", "Would you drive in Japan?": "No"},
)
driver = choosing(
    {
        "Do you hold a driver's license?": "Yes",
        "What it lets you drive": "Automatic only",
        "Would you drive in Japan?": "Yes",
    }
)


def declined_before(hands: Hands) -> None:
    hands.choose(
        {
            "Have you applied to the JET Program before?": "Yes",
            "Were you offered a position?": "Yes",
            "Did you decline it?": "Yes",
        }
    )
    hands.write({"Why you declined": "A degree I wanted to finish first."})
    hands.choose({"Have you taken part in the JET Program?": "No"})


def education(hands: Hands) -> None:
    def school(hands: Hands) -> None:
        hands.write(
            {
                "School": "Rutgers University",
                "City": "New Brunswick",
                "Country": "United States",
                "Degree": "BA",
                "From": "2014-09",
                "To": "2018-05",
            }
        )
        hands.date("Degree conferred, or expected", "5", "13", "2018")
        hands.choose({"Was this study abroad?": "No"})

    add(hands, "a school", school, back_to="Education")


career = writing({"How the JET Program fits your career plan": "It is where I begin."})


def employment_with_a_job(hands: Hands) -> None:
    career(hands)
    job = writing(
        {
            "Employer": "Example Sports Center",
            "Job title": "Front desk",
            "Place": "Bergen, NJ",
            "From": "2019-01",
            "Hours a week": "20",
            "What you did": "Courses for beginners, and the calendar.",
        }
    )
    add(hands, "a job", job, back_to="Employment")


def teaching(hands: Hands) -> None:
    def tutoring(hands: Hands) -> None:
        hands.choose({"Kind": "Tutoring"})
        hands.write(
            {"Where": "Bergen Library", "From": "2020-02", "What you did": "English, one to one."}
        )

    add(hands, "a teaching entry", tutoring, back_to="Teaching background")


def abroad(hands: Hands) -> None:
    hands.write({"Days you have spent in Japan in the last 10 years": "14"})


def abroad_with_studies(hands: Hands) -> None:
    title = "International and Japan experience"
    abroad(hands)
    stay = writing({"Country": "Japan", "From": "2017-08", "To": "2017-08", "Purpose": "Travel"})
    add(hands, "a stay", stay, back_to=title)

    def study(hands: Hands) -> None:
        hands.write({"What you studied": "日本語", "From": "2015-09"})
        hands.choose({"Kind": "Formal, at a school"})

    add(hands, "a course of study", study, back_to=title)


def languages(hands: Hands) -> None:
    def english(hands: Hands) -> None:
        hands.write({"Language": "English"})
        hands.choose({"Is it your native language?": "Yes"})
        hands.pick(dict.fromkeys(("Speaking", "Listening", "Reading", "Writing"), "5"))

    add(hands, "a language", english, back_to="Languages")


def languages_of_a_cir(hands: Hands) -> None:
    hands.choose({"JLPT level you have passed": "N1"})
    hands.write({"JLPT passed": "2022-12"})
    languages(hands)


def certificate(hands: Hands) -> None:
    def tefl(hands: Hands) -> None:
        hands.choose({"Kind": "TEFL or TESL"})
        hands.write({"Issuer": "Example TEFL", "Issued": "2021-03"})

    add(hands, "a certificate", tefl, back_to="Certificates")


def activity(hands: Hands) -> None:
    def club(hands: Hands) -> None:
        hands.choose({"Kind": "Club"})
        hands.write({"Activity": "弓道部", "What you did": "Kept the targets in order."})

    add(hands, "an activity", club, back_to="Activities and honors")


def coaching(hands: Hands) -> None:
    title = "Coaching and sport"
    hands.write({"Your sport": "Archery"})
    badge = writing({"Issuing body": "USA Archery", "Level": "Level 3 coach", "Issued": "2021-05"})
    add(hands, "a qualification", badge, back_to=title)
    post = writing(
        {
            "Team, club or school": "Bergen County Archery Club",
            "From": "2019-09",
            "What you did": "Five years as coach of a school team.",
        }
    )
    add(hands, "a coaching post", post, back_to=title)
    event = writing({"Event": "State finals", "Result": "Third", "Year": "2016"})
    add(hands, "a competition", event, back_to=title)


statement = writing(
    {"Statement of Purpose": "Archery is 弓道 too.\n\nI would like to coach it in Japan."}
)


def wishes(hands: Hands) -> None:
    hands.pick({"First prefecture": "Ehime", "Second prefecture": "Aomori"})
    hands.choose({"Kind of place": "Rural"})
    hands.write({"Why": "The sea."})
    hands.tick("I know that wishes may not be met.")


no_record = {"Have you ever been arrested, charged or convicted?": "No"}


def criminal(hands: Hands) -> None:
    hands.tick_all()
    hands.choose(no_record)


def criminal_with_a_matter(hands: Hands) -> None:
    hands.tick_all()
    hands.choose({"Have you ever been arrested, charged or convicted?": "Yes"})
    matter = writing(
        {
            "When": "May 2015",
            "Where": "Trenton, NJ",
            "What it was about": "A fence I climbed",
            "How it ended": "Dismissed",
            "Your explanation": "We wanted to see the lake at night.",
        }
    )
    add(hands, "a matter", matter, back_to="Criminal record")


def medical(hands: Hands) -> None:
    hands.tick_all()
    hands.choose({**NOTHING_ABOUT_HEALTH, "Do you have allergies?": "No"})


def medical_with_an_allergy(hands: Hands) -> None:
    hands.tick_all()
    hands.choose({**NOTHING_ABOUT_HEALTH, "Do you have allergies?": "Yes"})
    hands.write({"Details: Do you have allergies?": "Buckwheat, and dishes made with it."})


def grounds(hands: Hands) -> None:
    hands.write({"Medical or family grounds for a place": "Within an hour of a hospital."})
    hands.tick_all()


def declarations(hands: Hands) -> None:
    hands.tick_all()
    hands.write({"Your full name, as a signature": ANA})


@dataclass(frozen=True, slots=True)
class Journey:
    """One person's way through the form: parts before and after references and documents."""

    position: str
    name: str
    slug: str
    parts: Parts
    referees: tuple[str, ...]
    documents: tuple[str, ...]

    def walk(self, hands: Hands, folder: Path) -> None:
        """Answer part after part, as "Save and continue" leads on, until the last is saved."""
        for title, fill in self.parts.items():
            hands.arrive(title)
            fill(hands)
            hands.press("Save and continue")
        self._name_referees(hands)
        self._add_documents(hands, folder)
        hands.arrive("Declarations")
        declarations(hands)
        hands.press("Save and continue")

    def _name_referees(self, hands: Hands) -> None:
        """Name the referees, and go on without sending the requests."""
        for number, kind in enumerate(self.referees, 1):
            hands.arrive("References")
            hands.follow("Add a referee")
            hands.arrive("Add a referee")
            hands.choose({"What kind of referee is this?": kind})
            hands.write(
                {
                    "Name": f"Grace Okafor {number}",
                    "Organization": "Bergen County Archery Club",
                    "How they know you": "We have worked together since 2019.",
                }
            )
            hands.write({"E-mail address": f"okafor{number}@example.org"})
            hands.written.pop()  # for the request alone, not among the answers
            hands.press("Save")
        hands.arrive("References")
        hands.follow("Continue")

    def _add_documents(self, hands: Hands, folder: Path) -> None:
        for number, title in enumerate(self.documents, 1):
            file = folder / f"document-{number}.pdf"
            file.write_bytes(pdf(pages=number))
            hands.arrive("Documents")
            hands.add_file(title, file)
            hands.written.append(file.name)
        hands.arrive("Documents")
        hands.follow("Continue")


def alt_position(hands: Hands) -> None:
    hands.choose({"Which position do you apply for?": "Assistant Language Teacher (ALT)"})


def alt_location(hands: Hands) -> None:
    hands.pick({"Interview location": "New York"})
    hands.choose({"Would you also depart early, in spring?": "Yes"})


def cir_position(hands: Hands) -> None:
    name = "Coordinator for International Relations (CIR)"
    hands.choose({"Which position do you apply for?": name})
    rule = "If you apply as CIR: do you ask to be considered for ALT as well?"
    hands.choose({rule: "Yes"})
    hands.tick("If you apply as CIR: I have read this rule.")


def sea_position(hands: Hands) -> None:
    post = "Sport to be announced, place to be announced, 2 posts"
    hands.choose({"Which post do you apply for?": post})


def location(hands: Hands) -> None:
    hands.pick({"Interview location": "New York"})


def heard(hands: Hands) -> None:
    hands.choose({"How did you hear of the JET Program?": "Another way"})
    hands.write({"Which other way?": "A poster in a gym"})


ALT = Journey(
    PositionCode.ALT,
    "Assistant Language Teacher",
    "annual-next",
    {
        "Position": alt_position,
        "Interview location": alt_location,
        "Identity": identity_with_a_former_name,
        "Contact": contact,
        "Household": household_of_three,
        "Earlier JET contact": never_before,
        "Driving": driver,
        "Education": education,
        "Employment": career,
        "Teaching background": teaching,
        "International and Japan experience": abroad,
        "Languages": languages,
        "Certificates": nothing,
        "Activities and honors": nothing,
        "Statement of Purpose": statement,
        "Placement wishes": wishes,
        "How you heard of JET": heard,
        "Criminal record": criminal_with_a_matter,
        "Medical self-report": medical,
        "Medical or family grounds for placement": nothing,
    },
    (ACADEMIC, PROFESSIONAL),
    (
        "Transcripts",
        "Proof of graduation",
        "Proof of citizenship",
        "Proof of a change of name",
        "Certificate of Health",
        "Criminal record",
    ),
)
CIR = Journey(
    PositionCode.CIR,
    "Coordinator for International Relations",
    "annual-next",
    {
        "Position": cir_position,
        "Interview location": location,
        "Identity": identity,
        "Contact": contact,
        "Household": alone,
        "Earlier JET contact": declined_before,
        "Driving": no_driver,
        "Education": education,
        "Employment": employment_with_a_job,
        "Teaching background": nothing,
        "International and Japan experience": abroad_with_studies,
        "Languages": languages_of_a_cir,
        "Certificates": certificate,
        "Activities and honors": nothing,
        "Statement of Purpose": statement,
        "Placement wishes": wishes,
        "How you heard of JET": nothing,
        "Criminal record": criminal,
        "Medical self-report": medical_with_an_allergy,
        "Medical or family grounds for placement": grounds,
    },
    (ACADEMIC, PROFESSIONAL),
    (
        "Transcripts",
        "Proof of graduation",
        "Proof of citizenship",
        "JLPT certificate",
        "Statement of Physician",
    ),
)
SEA = Journey(
    PositionCode.SEA,
    "Sports Exchange Advisor",
    "sea-next",
    {
        "Position": sea_position,
        "Interview location": location,
        "Identity": identity,
        "Contact": contact,
        "Household": alone,
        "Earlier JET contact": never_before,
        "Driving": no_driver,
        "Education": nothing,
        "Employment": career,
        "Coaching and sport": coaching,
        "International and Japan experience": abroad,
        "Languages": nothing,
        "Certificates": nothing,
        "Activities and honors": activity,
        "Statement of Purpose": statement,
        "How you heard of JET": nothing,
        "Criminal record": criminal,
        "Medical self-report": medical,
        "Medical or family grounds for placement": nothing,
    },
    (SPORT, PROFESSIONAL),
    ("Proof of citizenship", "Coaching certificate, or proof of experience"),
)
JOURNEYS = {journey.position: journey for journey in (ALT, CIR, SEA)}
