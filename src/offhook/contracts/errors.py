"""One root for the errors that may reach a caller, an API client or a log."""

from __future__ import annotations


class AppError(Exception):
    """An error with a stable code.

    Args:
        code: stable snake_case name, part of the public API.
        message: what is wrong and how to mend it; safe to show to a client, free of personal data.
        status: HTTP status when the error leaves through the API.
        retryable: whether the same request may succeed later.
        fields: for 422 answers, field name -> what is wrong with it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 500,
        retryable: bool = False,
        fields: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.retryable = retryable
        self.fields = fields


class NotFound(AppError):
    def __init__(self, what: str) -> None:
        super().__init__("not_found", f"{what} does not exist.", status=404)


class Conflict(AppError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, status=409)


class LiveKitNotConfigured(Conflict):
    def __init__(self) -> None:
        text = "LiveKit is not set up here: set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET."
        super().__init__("livekit_not_configured", text)


class CommandReused(Conflict):
    """The key of a command that was carried out came again with other arguments: nothing is written."""

    def __init__(self) -> None:
        super().__init__("command_reused", "This key was used before, for something else.")


class Invalid(AppError):
    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__("invalid", message, status=422, fields=fields)


class Unauthorized(AppError):
    def __init__(self, message: str = "A valid credential is required.") -> None:
        super().__init__("unauthorized", message, status=401)


class Forbidden(AppError):
    def __init__(self, message: str) -> None:
        super().__init__("forbidden", message, status=403)


class Unavailable(AppError):
    """A part that we depend on (database, engine, provider) cannot be used now."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, status=503, retryable=True)


class VersionConflict(AppError):
    """A compare-and-set lost: somebody else committed a newer version of the session. Reload; never rerun a write."""

    def __init__(self, session_id: str) -> None:
        super().__init__("version_conflict", f"Session {session_id} was changed meanwhile.", status=409, retryable=True)
