"""The addresses of the portal's pages, by their short names."""

from django.urls import reverse

from ofrecord.access.types import Permission, Reader
from ofrecord.web.parts import Way


def page(name: str, *arguments: object) -> str:
    """The address of a page: `page("order", order.pk)`."""
    return reverse(f"portal:{name}", args=arguments)


def compose_way(reader: Reader, title: str = "Compose an order") -> Way | None:
    """What to do next, for who may compose an order."""
    return Way(title, page("compose")) if reader.may(Permission.ORDERS_WRITE) else None
