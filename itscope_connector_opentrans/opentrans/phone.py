"""Telephone numbers in ITscope's form."""

from __future__ import annotations

import phonenumbers

from .texts import one_line, writable

#: Length of the schema.
MAX_PHONE = 50


def format_phone(number: str, country: str = "DE") -> str:
    """``+49 721/6273760``: country code, area code, a slash, the subscriber.

    Where a country has no area codes, its first group of digits stands there.

    :param country: ISO alpha-2 of the number's owner, for numbers without country code
    :return: "" for nothing; a number that can't be understood comes back cleaned and
        cut
    """
    cleaned = one_line(writable(number))
    try:
        parsed = phonenumbers.parse(cleaned, country.upper() or "DE")
    except phonenumbers.NumberParseException:
        return cleaned[:MAX_PHONE].rstrip()
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    # Possible within its own town only is not enough: the town is not known.
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return cleaned[:MAX_PHONE].rstrip()
    national = phonenumbers.national_significant_number(parsed)
    length = phonenumbers.length_of_national_destination_code(parsed)
    if 0 < length < len(national):
        national = f"{national[:length]}/{national[length:]}"
    extension = f"-{parsed.extension}" if parsed.extension else ""
    return f"+{parsed.country_code} {national}{extension}"
