"""Names as parts of addresses."""

from django.utils.text import slugify


def address_part(name: str) -> str:
    """Write the name of a sport or a prefecture as it stands in an address: "field-hockey"."""
    return slugify(name, allow_unicode=True)
