"""The desk as one of the vendor's people sees it: pages as the words that stand on them."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.partners.queries import partners
from support.world import World


@dataclass(frozen=True)
class Page:
    """An answer: its status, where it leads, and its words without the tags."""

    status: int
    location: str
    html: str

    @property
    def text(self) -> str:
        without = re.sub(r"<(script|style).*?</\1>", " ", self.html, flags=re.S)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", without)).replace("\u00a0", " "))

    @property
    def heading(self) -> str:
        """The sentence that the page begins with."""
        found = re.search(r"<h1>(.*?)</h1>", self.html, re.S)
        assert found, self.text[:500]
        words = re.sub(r"<[^>]+>", "", found[1])
        return re.sub(r"\s+", " ", unescape(words).replace("\u00a0", " ")).strip()

    def has(self, *sentences: str) -> bool:
        """Whether all of the sentences stand on the page."""
        missing = [sentence for sentence in sentences if sentence not in self.text]
        assert not missing, f"{missing} not in: {self.text}"
        return True

    def lacks(self, *sentences: str) -> bool:
        """Whether none of the sentences stands on the page."""
        found = [sentence for sentence in sentences if sentence in self.text]
        assert not found, f"{found} in: {self.text}"
        return True

    def offers(self, name: str, *args: object) -> bool:
        """Whether a link or a form leads there."""
        return f'"{reverse(name, args=args)}' in self.html


def partner_number(name: str) -> str:
    """The number by which people name the partner."""
    with entered(OFFICE):
        return partners(OFFICE).get(name=name).number


class Desk:
    """One of the vendor's people at the desk; pages are named as the addresses are."""

    def __init__(self, person_id: UUID) -> None:
        # A failure is answered by the page for it, as in production.
        self.client = Client(raise_request_exception=True)
        self.client.force_login(get_user_model().objects.get(pk=person_id))

    def get(self, name: str, /, *args: object, **query: str) -> Page:
        return _page(self.client.get(reverse(f"desk:{name}", args=args), query))

    def post(self, name: str, /, *args: object, **data: Any) -> Page:
        return _page(self.client.post(reverse(f"desk:{name}", args=args), data))

    def follow(self, page: Page) -> Page:
        """The page that an answer leads to."""
        assert page.status == 302, page.text
        return _page(self.client.get(page.location))


def _page(response: HttpResponseBase) -> Page:
    streamed = getattr(response, "streaming_content", None)
    content = b"".join(streamed) if streamed is not None else response.content  # type: ignore[attr-defined]
    return Page(response.status_code, response.headers.get("Location", ""), content.decode())


def desk_of(world: World, role: VendorRole) -> Desk:
    """The desk of the world's person in that role."""
    return Desk(world.vendor.people[role].id)
