import pytest

from applications.domain.reference_numbers import (
    ALPHABET,
    LENGTH,
    check_symbol,
    new_reference,
    normalized,
)

# Fixed, and spread over the alphabet: each symbol stands at each place in one of them.
NUMBERS = [
    "".join(ALPHABET[(start + step * place) % 30] for place in range(LENGTH))
    for start in range(30)
    for step in (0, 1, 7, 29)
]


def complete(symbols: str) -> str:
    return symbols + check_symbol(symbols)


def test_no_symbol_is_taken_for_another():
    assert len(set(ALPHABET)) == len(ALPHABET) == 30
    assert not set("01ILOU") & set(ALPHABET)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_single_wrong_symbol_is_found(number: str):
    reference = complete(number)
    wrong = [
        reference[:place] + symbol + reference[place + 1 :]
        for place in range(LENGTH + 1)
        for symbol in ALPHABET
        if symbol != reference[place]
    ]

    assert normalized(reference) == reference
    assert [text for text in wrong if normalized(text)] == []


def test_swapped_neighbors_are_found_all_but_60_of_26100():
    # After one symbol the check can stand at each of its thirty values: these are all cases.
    pairs = [(a, b) for a in ALPHABET for b in ALPHABET if a != b]
    missed = [
        (first, a, b)
        for first in ALPHABET
        for a, b in pairs
        if check_symbol(f"{first}{a}{b}22222") == check_symbol(f"{first}{b}{a}22222")
    ]

    assert (len(missed), len(pairs) * len(ALPHABET)) == (60, 26_100)


def test_last_symbol_swapped_with_the_check_symbol_is_found_all_but_2_of_870():
    numbers = [complete(f"{first}222222{last}") for first in ALPHABET for last in ALPHABET]
    swaps = [(n, n[:-2] + n[-1] + n[-2]) for n in numbers if n[-1] != n[-2]]

    missed = [number for number, swapped in swaps if normalized(swapped)]

    assert (len(missed), len(swaps)) == (2, 870)


def test_number_is_drawn_from_the_alphabet_with_its_check_symbol():
    drawn = [new_reference() for _ in range(200)]

    assert [normalized(text) for text in drawn] == drawn
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize(
    "typed",
    ["{0}", "{1}-{2}-{3}", " {1} {2} {3}\n", "{1}–{2}–{3}".replace("–", "-"), "{1}--{2}{3}-"],
)
def test_number_is_understood_as_people_type_it(typed: str):
    reference = complete("7K4M92TP")
    text = typed.format(reference, reference[:4], reference[4:8], reference[8])

    assert normalized(text) == normalized(text.lower()) == reference


@pytest.mark.parametrize(
    "text", ["", "-", "7K4M92TP", "7K4M-92TP-00", "O" * 9, "７K4M92TPH", "\x00" * 9]
)
def test_what_cannot_be_a_number_is_none(text: str):
    assert normalized(text) is None
