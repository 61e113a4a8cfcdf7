import base64

import pytest

from jetportal.sealing import resealed, seal, seal_bytes, unseal, unseal_bytes

OLD, NEW, OTHER = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"a", b"b", b"c"))


@pytest.fixture(autouse=True)
def _keys(settings) -> None:
    settings.SEALING_KEYS = [OLD]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n\x00\xff", "żółć 🗾".encode()])
def test_sealed_bytes_come_back_and_do_not_show(content):
    token = seal_bytes(content)

    assert unseal_bytes(token) == content
    assert token.isascii()
    assert not content or content not in token


def test_sealed_text_comes_back_as_typed():
    text = "\nżółć 🗾\r\n"

    assert unseal(seal(text)) == text


@pytest.mark.parametrize("token", ["", "not a token", "żółć"])
def test_what_is_no_token_opens_to_nothing(token):
    assert unseal(token) is None


def test_a_newer_key_seals_and_the_older_one_still_opens(settings):
    before = seal("kept")
    settings.SEALING_KEYS = [NEW, OLD]

    after = seal("new")

    assert unseal(before) == "kept"
    settings.SEALING_KEYS = [OLD]
    assert unseal(after) is None


def test_a_lost_key_opens_nothing(settings):
    token = seal("kept")
    settings.SEALING_KEYS = [OTHER]

    assert unseal(token) is None
    assert resealed(token.encode()) is None


def test_a_token_is_sealed_anew_once(settings):
    token = seal_bytes(b"kept")
    settings.SEALING_KEYS = [NEW, OLD]

    moved = resealed(token)

    assert moved is not None
    assert moved != token
    assert resealed(moved) == moved
    settings.SEALING_KEYS = [NEW]
    assert unseal_bytes(moved) == b"kept"


def test_what_was_sealed_before_there_were_keys_still_opens(settings):
    settings.SEALING_KEYS = []
    token = seal("early")

    settings.SEALING_KEYS = [NEW]

    assert unseal(token) == "early"
