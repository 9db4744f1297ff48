"""Error responses in the form that OpenAI's clients read."""

from __future__ import annotations

from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

_TYPES: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    405: "invalid_request_error",
    408: "invalid_request_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    421: "invalid_request_error",
    429: "rate_limit_error",
    503: "unavailable_error",
    507: "unavailable_error",
}


class Refusal(HTTPException):
    """An error response. param: the field at fault; code: the kind of error, for programs."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, param: str | None = None, wait: float = 0.0
    ) -> None:
        """Args: wait: seconds for the header Retry-After; 0 for no header."""
        super().__init__(status, message, {"Retry-After": str(max(1, round(wait)))} if wait else None)
        self.code, self.param = code, param

    def response(self) -> JSONResponse:
        """The error as a response."""
        return problem(self.status_code, self.detail, code=self.code, param=self.param, headers=dict(self.headers or {}))


def problem(
    status: int, message: str, *, code: str | None = None, param: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """An error response in OpenAI's form."""
    return JSONResponse({"error": error_of(status, message, code, param)}, status, headers)


def error_of(status: int, message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """The value of the key `error`, in a response or as the last event of a stream."""
    return {"message": message, "type": _TYPES.get(status, "server_error"), "param": param, "code": code}
