"""Reference numbers that survive being read aloud: eight symbols and one that checks them."""

import secrets

# No I, L, O, U, 0 or 1: thirty symbols that are not taken for each other.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def check_symbol(symbols: str) -> str:
    """Return the check symbol after ISO 7064 (hybrid system MOD 31,30).

    It finds every single wrong symbol and nearly every pair of neighbors swapped.
    """
    base = len(ALPHABET)
    product = base
    for symbol in symbols:
        total = (product + ALPHABET.index(symbol)) % base or base
        product = total * 2 % (base + 1)
    return ALPHABET[(base + 1 - product) % base]


def new_reference() -> str:
    """Draw a reference number: nine symbols, not yet known to be free."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return symbols + check_symbol(symbols)


def normalized(text: str) -> str | None:
    """Return what somebody typed as a reference number, or None where it cannot be one."""
    symbols = "".join(text.upper().split()).replace("-", "")
    if len(symbols) != LENGTH + 1 or any(symbol not in ALPHABET for symbol in symbols):
        return None
    return symbols if check_symbol(symbols[:LENGTH]) == symbols[LENGTH] else None
