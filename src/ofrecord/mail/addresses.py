"""Addresses that leave the house in messages: whole, with the host that people use."""

from django.conf import settings
from django.urls import reverse


def absolute(name: str, *args: object) -> str:
    """The whole address of a page by its name."""
    return f"{settings.BASE_URL}{reverse(name, args=args)}"
