"""Telephone numbers in ITscope's form."""

from __future__ import annotations

import phonenumbers

MAX_PHONE = 30


def format_phone(number: str, country: str = "DE") -> str:
    """``+49 721/6273760``: country code, area code, a slash, the subscriber.

    :param country: ISO alpha-2 of the number's owner, for numbers without country code
    :return: "" for nothing; a number that can't be understood comes back cleaned and cut
    """
    number = " ".join(number.split())
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(number, country.upper() or "DE")
    except phonenumbers.NumberParseException:
        return number[:MAX_PHONE]
    national = phonenumbers.national_significant_number(parsed)
    length = phonenumbers.length_of_national_destination_code(parsed)
    if 0 < length < len(national):
        national = f"{national[:length]}/{national[length:]}"
    extension = f"-{parsed.extension}" if parsed.extension else ""
    return f"+{parsed.country_code} {national}{extension}"[:MAX_PHONE]
