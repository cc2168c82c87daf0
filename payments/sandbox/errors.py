"""Stripe's errors: their JSON and their status codes (https://docs.stripe.com/api/errors)."""

from typing import Any


class ApiError(Exception):
    """An answer that is no success. A card error keeps the work done before it; others undo it."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.more = {name: value for name, value in more.items() if value is not None}

    @property
    def keeps_work(self) -> bool:
        return self.kind == "card_error"

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"type": self.kind, "message": str(self)} | self.more
        if "code" in error:
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{error['code'].replace('_', '-')}"
        return {"error": error}


def invalid(message: str, param: str | None = None, code: str | None = None, status: int = 400) -> ApiError:
    return ApiError(status, "invalid_request_error", message, param=param, code=code)


def missing(kind: str, id_: str, param: str = "id") -> ApiError:
    return invalid(f"No such {kind}: '{id_}'", param, "resource_missing", 404)


def required(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unsupported(param: str) -> ApiError:
    return invalid(f"The local Stripe does not do '{param}'. Use a Stripe test key for it.", param)


def unauthorized(message: str) -> ApiError:
    return ApiError(401, "invalid_request_error", message)
