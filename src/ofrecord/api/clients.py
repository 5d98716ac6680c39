"""Who calls: an API client by its bearer token, with the permissions that it was given."""

from typing import Any

from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.scope import enter
from ofrecord.access.types import Permission, Reader, Scope
from ofrecord.kernel.ids import secret_hash
from ofrecord.partners.queries import client_reader


class Token(HttpBearer):
    """Opens an address to clients that have the permission, and sets the scope of rows for the rest of the request."""

    def __init__(self, permission: Permission | None = None) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> Reader:
        token_hash = secret_hash(token)
        enter(Scope.link(token_hash))
        reader = client_reader(token_hash)
        enter(reader.scope if reader else Scope(""))
        if reader is None:
            raise AuthenticationError
        if self.permission is not None:
            require(reader, self.permission)
        request.token = token  # type: ignore[attr-defined]
        return reader


def needs(permission: Permission, **extra: Any) -> dict[str, Any]:
    """Keywords for an operation that asks for a permission, which its documentation names."""
    return {"auth": Token(permission), "openapi_extra": {"x-permission": permission.value, **extra}}


def client_of(request: HttpRequest) -> Reader:
    """The client that called."""
    reader: Reader = request.auth  # type: ignore[attr-defined]
    return reader


def require_house(reader: Reader, *, of_vendor: bool) -> None:
    """Refuses the clients of the other house, as if the address were not there."""
    if reader.of_vendor != of_vendor:
        raise NotFound(what="address for this client")
