"""Every address of the installation, as the URL resolver and the OpenAPI document state them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

API = "/api/v1"


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver: `name` with its namespace, the whole `pattern`, the kinds of its parameters."""

    name: str
    pattern: str
    parameters: Mapping[str, str]
    view: Callable[..., Any]

    @property
    def side(self) -> str:
        """Whose pages it belongs to: desk, portal, confirm, api, or empty for everybody's."""
        return self.name.partition(":")[0] if ":" in self.name else ""

    def url(self, **values: object) -> str:
        return reverse(self.name, kwargs=values)


def routes() -> list[Route]:
    """All of them. A pattern without a name could not be found by anybody and fails."""
    return list(_routes(get_resolver(), "", ""))


def _routes(resolver: URLResolver, space: str, before: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        whole = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, whole)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield Route(f"{space}{pattern.name}", whole, _parameters(pattern), pattern.callback)


def _parameters(pattern: URLPattern) -> dict[str, str]:
    converters = getattr(pattern.pattern, "converters", None)
    if converters is not None:
        return {name: type(converter).__name__ for name, converter in converters.items()} or dict.fromkeys(
            pattern.pattern.regex.groupindex, "regex"
        )
    return dict.fromkeys(pattern.pattern.regex.groupindex, "regex")


@dataclass(frozen=True)
class Operation:
    """One operation of the API: its path parameters, its query parameters, its body as its examples state it."""

    method: str
    path: str
    permission: str
    parameters: tuple[str, ...]
    query: tuple[str, ...]
    body: Any

    def url(self, values: Mapping[str, object]) -> str:
        path = self.path
        for name in self.parameters:
            path = path.replace(f"{{{name}}}", str(values[name]))
        return path

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations() -> list[Operation]:
    """All that the document states."""
    document = json.loads(Client().get(f"{API}/openapi.json").content)
    return [
        _operation(document, method.upper(), path, stated)
        for path, methods in document["paths"].items()
        for method, stated in methods.items()
    ]


def _operation(document: Any, method: str, path: str, stated: Any) -> Operation:
    places: dict[str, list[str]] = {"path": [], "query": [], "header": []}
    for parameter in stated.get("parameters", ()):
        places[parameter["in"]].append(parameter["name"])
    content = stated.get("requestBody", {}).get("content", {}).get("application/json")
    body = _example(document, content["schema"]) if content else None
    permission = stated.get("x-permission", "")
    return Operation(method, path, permission, tuple(places["path"]), tuple(places["query"]), body)


def _example(document: Any, schema: Any) -> Any:
    """A body that the schema's own examples make."""
    if "$ref" in schema:
        return _example(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "examples" in schema:
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    if schema.get("type") == "object":
        return {name: _example(document, part) for name, part in schema.get("properties", {}).items()}
    return [] if schema.get("type") == "array" else "words"
