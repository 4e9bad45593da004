"""The core's errors in words for a person: what happened and what to do next."""

from odoo.tools import LazyTranslate, format_datetime

from .itscope_api import (
    AddressError,
    BlockedError,
    ContractError,
    CredentialsError,
    ForeignAddressError,
    InvalidRequestError,
    ItscopeError,
    MalformedError,
    NetworkError,
    NotFoundError,
    ServerError,
)

_lt = LazyTranslate(__name__)

DEFAULT_BASE_URL = "https://api.itscope.com/2.1"

#: Looked through in this order: the first that fits words the error. ``message`` holds
#: ITscope's or a distributor's own words; what the core says itself goes to the log.
EXPLANATIONS = (
    (
        BlockedError,
        _lt(
            "ITscope has blocked this server's address until %(until)s because too "
            "many requests came from it. Nothing is sent until then; what waits goes "
            "on by itself."
        ),
    ),
    (
        CredentialsError,
        _lt(
            "ITscope does not accept account id or API key. Check both in the ITscope "
            "employee profile: a new key makes the old one invalid at once."
        ),
    ),
    (
        ContractError,
        _lt(
            "Your ITscope contract does not allow this, or its quota is used up. "
            "ITscope says: %(message)s"
        ),
    ),
    (
        ForeignAddressError,
        _lt(
            "The address %(url)s does not belong to ITscope: nothing is fetched from "
            "there."
        ),
    ),
    (
        AddressError,
        _lt(
            "The address %(address)s does not lead to ITscope's API. Check the address "
            "of the account; normally it is %(default)s."
        ),
    ),
    (NotFoundError, _lt("ITscope does not know what was asked for: %(message)s")),
    (InvalidRequestError, _lt("ITscope refused the request: %(message)s")),
    (
        ServerError,
        _lt("ITscope could not process the request (%(message)s). Try again later."),
    ),
    (ItscopeError, _lt("ITscope reports: %(message)s")),
)
#: What is wrong with an answer or a file, by ``MalformedError.reason``.
MALFORMED = {
    "damaged": _lt(
        "ITscope's answer could not be read. Nothing was changed; try again later. "
        "The server's log says more."
    ),
    "web_page": _lt(
        "A web page came instead of data. The address may be wrong, or a proxy or a "
        "maintenance page answered: check the address and try again later."
    ),
    "empty": _lt(
        "The export holds no product. Check on the platform what it selects (menu "
        "Exports)."
    ),
    "too_large": _lt(
        "What came is larger than what is taken over, or unpacks to more: it was "
        "refused. Make it smaller, for example split an export on the platform."
    ),
    "refused": _lt(
        "What came is built in a way that could harm this server: it was refused. Ask "
        "ITscope's support; the server's log says more."
    ),
    "unknown": _lt(
        "What came has none of ITscope's formats. Check on the platform how the export "
        "is defined: XML, JSON or CSV, data format standard or standardUpdate."
    ),
    "no_media": _lt("What came is neither a picture nor a PDF."),
}
#: What an export says about single products, by ``Problem.code``.
PROBLEMS = {
    "no_id": _lt("A product without ITscope id was left out."),
    "too_large": _lt("A product is too large and was left out."),
    "left_out": _lt("ITscope says: %(cause)s"),
    "not_whole": _lt("The export is not whole. ITscope says: %(cause)s"),
    "stray_file": _lt("The file %(file)s names no product and was left out."),
    "columns": _lt("A row has more columns than the header: the others were left out."),
    "not_utf8": _lt(
        "A text is not written in UTF-8: characters that can't be read were replaced."
    ),
    "too_long": _lt("%(name)s is too long and was cut."),
    "script": _lt(
        "%(name)s holds code that a browser could run: it is shown as text or taken "
        "out."
    ),
    "unreadable": _lt("%(name)s can't be read and counts as unknown: %(value)s"),
}
DAMAGED_PRODUCT = _lt(
    "The product's data is damaged and can't be read. The server's log says more."
)
NO_CONNECTION = _lt(
    "ITscope could not be reached at %(address)s. Check the server's network "
    "connection and try again."
)
NO_ANSWER = _lt(
    "ITscope at %(address)s did not answer in time. Try again later, or give it "
    "longer: timeout of the account."
)
BROKEN_OFF = _lt(
    "The connection to ITscope at %(address)s broke off. Check the server's network "
    "connection and try again."
)


def explain(env, error, address):
    """The words for an :class:`ItscopeError`, in the language of ``env``."""
    until = getattr(error, "until", None)
    explanation = env._(_text(error))
    return explanation % {
        "message": error.message,
        "url": error.url or "",
        "address": address,
        "default": DEFAULT_BASE_URL,
        "until": format_datetime(env, until.replace(tzinfo=None)) if until else "",
    }


def _text(error):
    if isinstance(error, NetworkError):
        if error.timed_out:
            return NO_ANSWER
        return BROKEN_OFF if error.sent else NO_CONNECTION
    if isinstance(error, MalformedError):
        return MALFORMED[error.reason]
    return next(text for kind, text in EXPLANATIONS if isinstance(error, kind))


def explain_problem(env, problem):
    """The words for a :class:`Problem` of an export, in the language of ``env``."""
    text = env._(PROBLEMS[problem.code])
    return text % problem.values


def explain_product(env, error):
    """The words for a :class:`MalformedError` of a single product."""
    text = DAMAGED_PRODUCT if error.reason == "damaged" else MALFORMED[error.reason]
    return env._(text)
