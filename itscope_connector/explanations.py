"""The core's errors in words for a person: what happened and what to do next."""

from odoo.tools import LazyTranslate, format_datetime

from .itscope_api import (
    AddressError,
    BlockedError,
    ContractError,
    CredentialsError,
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
    (
        MalformedError,
        _lt(
            "ITscope's answer could not be read. Nothing was changed; try again later. "
            "The server's log says more."
        ),
    ),
    (ItscopeError, _lt("ITscope reports: %(message)s")),
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
        "address": address,
        "default": DEFAULT_BASE_URL,
        "until": format_datetime(env, until.replace(tzinfo=None)) if until else "",
    }


def _text(error):
    if isinstance(error, NetworkError):
        if error.timed_out:
            return NO_ANSWER
        return BROKEN_OFF if error.sent else NO_CONNECTION
    return next(text for kind, text in EXPLANATIONS if isinstance(error, kind))
