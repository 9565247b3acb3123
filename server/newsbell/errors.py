"""The one tree of errors: a stable code for programs, a sentence for people.

The web layer maps the classes below to HTTP statuses (`newsbell.web.errors`); the command line prints
the sentence and exits with 1. A code, once released, keeps its meaning.
"""


class NewsbellError(Exception):
    """Anything Newsbell refuses or fails at for a reason it can name.

    `code` is stable and machine-readable; `message` is a sentence a person can act on;
    `field` names the part of the input at fault, where there is one.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field


class MalformedError(NewsbellError):
    """The input is not of the form asked for (400)."""

    code = "malformed"


class UnauthorizedError(NewsbellError):
    """No token, or one that is wrong or revoked (401)."""

    code = "unauthorized"


class NotFoundError(NewsbellError):
    """It is not there, or it is not the caller's (404)."""

    code = "not_found"


class ConflictError(NewsbellError):
    """It contradicts what is stored (409)."""

    code = "conflict"


class GoneError(NewsbellError):
    """It was here and was removed for good (410)."""

    code = "gone"


class TooLargeError(NewsbellError):
    """More than the bound allows (413)."""

    code = "too_large"


class UnsupportedTypeError(NewsbellError):
    """A type of content that is not read here (415)."""

    code = "unsupported_type"


class RefusedError(NewsbellError):
    """Well-formed, and refused by a rule (422): a private address, a page without an article."""

    code = "refused"


class TooManyRequestsError(NewsbellError):
    """Too often (429); `retry_after` in seconds."""

    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnreachableError(NewsbellError):
    """The other side did not answer as it should (502): a page that could not be fetched."""

    code = "unreachable"


class UnavailableError(NewsbellError):
    """Newsbell itself cannot answer now (503): the database is away, or too many are being answered."""

    code = "unavailable"


class SettingsError(NewsbellError):
    """A setting from the environment cannot be used; `field` is the variable's name."""

    code = "bad_setting"


class NoStoreError(NewsbellError):
    """No Newsbell store is where the settings point."""

    code = "no_store"


class StartError(NewsbellError):
    """A process of the server ended before the server was up; its own words are on stderr."""

    code = "cannot_start"
