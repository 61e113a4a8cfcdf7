"""What a person does on the pages: by role and label, as they are read."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.services import wait_until
from tests.smtp import MailReceiver

EMAIL = "ana.lm@example.org"
MOST_STOPS = 150


def words_of(message: object) -> str:
    """Return the text a mail shows to whoever reads it without pictures."""
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def newest_mail(mailbox: MailReceiver, subject: str, *, to: str = EMAIL) -> str:
    def found() -> list[str]:
        mails = [mail for mail in mailbox.to(to) if subject in str(mail["Subject"])]
        return [words_of(mail) for mail in mails]

    wait_until(found, f"a mail about {subject!r} to {to}", seconds=30)
    return found()[-1]


def code_in(mail: str) -> str:
    found = re.search(r"^\d{4} \d{4}$", mail, re.MULTILINE)
    assert found, mail
    return found[0]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def be_at(page: Page, title: str) -> None:
    """Wait for the page with this first heading."""
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()


def sign_in(page: Page, mailbox: MailReceiver, *, email: str = EMAIL) -> None:
    be_at(page, "Sign in")
    page.get_by_label("Your e-mail address").fill(email)
    press(page, "Send me a code")
    be_at(page, "Enter your code")
    page.get_by_label("Code from the mail").fill(code_in(newest_mail(mailbox, "code", to=email)))
    press(page, "Sign in")


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def fill_identity(page: Page) -> None:
    page.get_by_label("Family name").fill("Lindqvist-Moreno")
    page.get_by_label("First name").fill("Ana")
    page.get_by_label("My passport shows no middle name").check()
    birth = page.get_by_role("group", name="Birth date")
    for part, value in {"Month": "3", "Day": "27", "Year": "1996"}.items():
        birth.get_by_label(part).fill(value)
    choose(page, "Sex", "Female")
    choose(page, "Are you a citizen of the United States?", "Yes")
    choose(page, "Do you also hold Japanese nationality?", "No")


def fill_contact(page: Page) -> None:
    answers = {
        "Phone": "+1 202 555 0100",
        "Mailing address": "12 Example Street\nNew York, NY 10001",
        "Hometown": "Bergen",
        "Home state or territory": "New Jersey",
        "Emergency contact: name": "Luis Moreno",
        "Emergency contact: relation to you": "Father",
        "Emergency contact: phone": "+1 202 555 0101",
    }
    for label, answer in answers.items():
        page.get_by_label(label, exact=True).fill(answer)


def fill_household(page: Page) -> None:
    choose(page, "Would you come to Japan alone?", "Yes")
    choose(page, "Does your partner apply to the JET Program as well?", "No")


def fill_earlier(page: Page) -> None:
    choose(page, "Have you applied to the JET Program before?", "No")
    choose(page, "Have you taken part in the JET Program?", "No")


def fill_driving(page: Page) -> None:
    choose(page, "Do you hold a driver's license?", "No")
    choose(page, "Would you drive in Japan?", "No")


def fill_employment(page: Page) -> None:
    page.get_by_label("How the JET Program fits your career plan").fill("It is where I begin.")


def fill_abroad(page: Page) -> None:
    page.get_by_label("Days you have spent in Japan").fill("14")


def fill_nothing(page: Page) -> None:
    """A part that may be saved as it is."""


def fill_purpose(page: Page) -> None:
    page.get_by_label("Statement of Purpose").fill("I would like to share archery in Japan.")


def fill_coaching(page: Page) -> None:
    """Name the sport and add one post to the list, on its own page."""
    page.get_by_label("Your sport").fill("Archery")
    press(page, "Add a coaching post")
    be_at(page, "Add a coaching post")
    page.get_by_label("Team, club or school").fill("Bergen County Archery Club")
    page.get_by_label("From", exact=True).fill("2019-09")
    page.get_by_label("What you did").fill("Five years as coach of a school team.")
    press(page, "Save this entry")
    be_at(page, "Coaching and sport")


def fill_criminal(page: Page) -> None:
    page.get_by_role("checkbox").check()
    choose(page, "Have you ever been arrested, charged or convicted?", "No")


def fill_medical(page: Page) -> None:
    page.get_by_role("checkbox").check()
    for no in page.get_by_label("No", exact=True).all():
        no.check()


FILLERS = {  # what an SEA form asks between contact and the documents, in its order
    "Household": fill_household,
    "Earlier JET contact": fill_earlier,
    "Driving": fill_driving,
    "Education": fill_nothing,
    "Employment": fill_employment,
    "Coaching and sport": fill_coaching,
    "International and Japan experience": fill_abroad,
    "Languages": fill_nothing,
    "Certificates": fill_nothing,
    "Activities and honors": fill_nothing,
    "Statement of Purpose": fill_purpose,
    "How you heard of JET": fill_nothing,
    "Criminal record": fill_criminal,
    "Medical self-report": fill_medical,
    "Medical or family grounds for placement": fill_nothing,
}


def fill_rest(page: Page) -> None:
    """Answer part after part, as "Save and continue" leads on, until the documents."""
    for title, fill in FILLERS.items():
        be_at(page, title)
        fill(page)
        press(page, "Save and continue")
    name_referees(page)


def name_referees(page: Page) -> None:
    """Name two referees, and go on without sending the requests."""
    for kind, name, email in (
        ("Sport", "Grace Okafor", "okafor@example.org"),
        ("Professional", "Ken Ito", "ito@example.org"),
    ):
        be_at(page, "References")
        follow(page, "Add a referee")
        be_at(page, "Add a referee")
        page.get_by_role("radio", name=kind).check()
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Organization").fill("Bergen County Archery Club")
        page.get_by_label("How they know you").fill("We have worked together since 2019.")
        page.get_by_label("E-mail address").fill(email)
        press(page, "Save")
    follow(page, "Continue")


def upload_documents(page: Page, folder: Path, content: bytes) -> None:
    """Add what an SEA round needs of everybody."""
    for title, name in (
        ("Proof of citizenship", "passport.pdf"),
        ("Coaching certificate, or proof of experience", "coach.pdf"),
    ):
        file = folder / name
        file.write_bytes(content)
        page.get_by_label(f"Choose a PDF: {title}").set_input_files(file)
        press(page, f"Add the file: {title}")
        expect(page.get_by_role("link", name=f"Open {name}")).to_be_visible()


def declare(page: Page) -> None:
    for statement in page.get_by_role("checkbox").all():
        statement.check()
    page.get_by_label("Your full name, as a signature").fill("Ana Lindqvist-Moreno")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, as somebody without a mouse does."""
    for _ in range(MOST_STOPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with the Tab key")
