"""Somebody of one house who tries every address with what belongs to another house.

Two things must hold for each address. Nothing of the other house stands in the answer; and where an id of the other
house was tried, the answer is the one that an id of nobody gets, to the last letter, so that not even its existence
can be told.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from ofrecord.access.models import Person
from ofrecord.api.paging import cursor_of
from support.files import words_of
from support.loot import Loot
from support.markup import Markup, SentForm
from support.routes import Operation, Route, operations, routes
from support.world import Someone

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Would end the walk: whoever signs out sees nothing for another reason.
UNWALKED = {"account_logout"}
_CLOSED = {302, 401, 403, 404, 405}
# What differs between two answers to the same question: keys that are made with the page.
_MADE_WITH_THE_PAGE = re.compile(
    r'name="(csrfmiddlewaretoken|form_key)"[^>]*value="[^"]*"|"X-CSRFToken": "[^"]*"'
)


@dataclass(frozen=True)
class Sent:
    """One request: `body` is a form's fields, or JSON."""

    method: str
    url: str
    body: Any = None

    def with_twins(self, loot: Loot) -> "Sent":
        body = json.loads(loot.with_twins(json.dumps(self.body))) if self.body is not None else None
        return Sent(self.method, loot.with_twins(self.url), body)

    def __str__(self) -> str:
        return f"{self.method} {self.url} {'' if self.body is None else self.body}".strip()


@dataclass(frozen=True)
class Leak:
    """A request that gave something away, and what."""

    sent: Sent
    says: str

    @property
    def route(self) -> str:
        """The name of the pattern, or the operation of the API with its ids left out."""
        path = urlsplit(self.sent.url).path
        found = resolve(path)
        return f"{self.sent.method} {found.route}" if "api" in found.namespaces else found.view_name


@dataclass
class Caller:
    """Who asks: somebody signed in, a token, or nobody."""

    person: Someone | None = None
    token: str = ""
    browser: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def __post_init__(self) -> None:
        if self.person is not None:
            self.browser.force_login(Person.objects.get(pk=self.person.id), backend=_BACKEND)

    def ask(self, sent: Sent) -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        is_json = sent.url.startswith("/api/")
        if sent.method in ("GET", "HEAD"):
            answer = self.browser.generic(sent.method, sent.url, headers=headers)
        elif is_json:
            answer = self.browser.generic(
                sent.method, sent.url, json.dumps(sent.body or {}), "application/json", headers=headers
            )
        else:
            answer = self.browser.post(sent.url, sent.body or {}, headers=headers)
        return answer  # type: ignore[no-any-return]


def text_of(answer: HttpResponse) -> str:
    """Status, telling headers and content, without what is made with the page."""
    content = answer.getvalue() if answer.streaming else answer.content
    told = {name: answer.headers.get(name) for name in ("Location", "Content-Type", "Allow", "HX-Redirect")}
    return f"{answer.status_code} {told}\n" + _MADE_WITH_THE_PAGE.sub("…", words_of(content))


@dataclass
class Intruder:
    """Asks as `caller` for what belongs to the house of the loot; `leaks` are the requests that gave something away."""

    caller: Caller
    loot: Loot
    leaks: list[Leak] = field(default_factory=list)
    _of_nobody: dict[str, str] = field(default_factory=dict)

    def tries(self, sent: Sent, *, is_closed: bool = False) -> None:
        """`is_closed`: an id of the other house stands in the address itself, so the answer must be a no."""
        answer = self.caller.ask(sent)
        text = text_of(answer)
        found = self.loot.found_in(text, besides=f"{sent}")
        if found:
            self._note(sent, f"shows {sorted(found)[:5]}")
        if answer.status_code >= 500:
            self._note(sent, f"fails: {answer.status_code}")
        if is_closed and answer.status_code not in _CLOSED:
            self._note(sent, f"opens: {answer.status_code}")
        elif (other := sent.with_twins(self.loot)) != sent and not self._is_same(sent, text, other):
            self._note(sent, "is not answered like an id of nobody")

    def _note(self, sent: Sent, says: str) -> None:
        self.leaks.append(Leak(sent, says))

    def _is_same(self, sent: Sent, text: str, other: Sent) -> bool:
        """Whether both are answered alike. What nobody's id gets is asked once an address, and again (a minute may
        have passed meanwhile) before a difference is believed."""
        address = self._without_ids(str(sent))
        if address not in self._of_nobody:
            self._of_nobody[address] = self._without_ids(text_of(self.caller.ask(other)))
        if self._without_ids(text) == self._of_nobody[address]:
            return True
        again, of_nobody = (self._without_ids(text_of(self.caller.ask(each))) for each in (sent, other))
        return again == of_nobody

    def _without_ids(self, text: str) -> str:
        """The text with one and the same word for all ids of the house and all that stand in for them."""
        return self.loot.known.sub("…", text)


def fillings(loot: Loot, *, of_all_kinds: bool) -> dict[str, list[str]]:
    """What each parameter of an address is tried with. A parameter that is not here fails the walk."""
    ids = {kind: loot.every(kind) if of_all_kinds else loot.ids[kind] for kind in loot.ids}
    known = {f"{kind}_id": [str(key) for key in keys] for kind, keys in ids.items()}
    lines = [*loot.lines, "2026-08/999999", "words"]
    return known | {
        "line_id": lines,
        "month": ["2026-08", "2026-09", "words"],
        "year": ["2026"],
        "number": [line.removeprefix("2026-").replace("/", "-") for line in lines],
        "secret": guesses(loot),
        "form_key": [*guesses(loot), str(loot.house.form_key), f"{loot.house.form_key}:words"],
        "uidb36": ["1", loot.house.number],
        "key": ["set-password", *guesses(loot)[:2]],
    }


def guesses(loot: Loot) -> list[str]:
    """What somebody might hold for a secret. Links, invitations and tokens themselves are not tried: they are made to
    open for whoever holds them."""
    near = loot.house.links["open"]
    altered = near[:-1] + ("A" if near[-1] != "A" else "B")
    ids = [str(loot.ids[kind][0]) for kind in ("order", "orderlink", "invitation", "client", "customer")]
    return [*ids, loot.house.number, altered, near[:-1], near.swapcase(), loot.house.token[:8], "words"]


def filled(route: Route | Operation, values: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    """Every way to fill the parameters of an address."""
    for name in route.parameters:
        assert name in values, f"nobody says what to try for {name} of {route}"
    for chosen in product(*(values[name] for name in route.parameters)):
        yield dict(zip(route.parameters, chosen, strict=True))


def walk_pages(intruder: Intruder, offered: "Offered", *, of_all_kinds: bool) -> None:
    """Every pattern of the resolver with everything of the house, then what the house's own pages offer it.

    `of_all_kinds`: an order's address is tried with the ids of invoices too, and so on.
    """
    values = fillings(intruder.loot, of_all_kinds=of_all_kinds)
    # A partner is shown the door of the desk before any id is looked at; one is enough for a short walk.
    own = fillings(intruder.loot, of_all_kinds=False)
    at_the_desk = own if of_all_kinds else {name: tried[:1] for name, tried in own.items()}
    for route in routes():
        if route.side == "api" or route.name in UNWALKED:
            continue
        is_closed = route.side == "desk" or (
            route.side == "portal" and bool({*route.parameters} - {"version_id"})
        )
        for chosen in filled(route, at_the_desk if route.side == "desk" else values):
            url = route.url(**chosen)
            intruder.tries(Sent("GET", url), is_closed=is_closed)
            intruder.tries(Sent("POST", url, {"words": "words"}), is_closed=is_closed)
            if not chosen:
                for query in _queries(intruder.loot):
                    intruder.tries(Sent("GET", f"{url}?{query}"))
    for address in offered.addresses:
        intruder.tries(Sent("GET", address))
    for form in offered.forms:
        if form.url not in {reverse(name) for name in UNWALKED}:
            intruder.tries(Sent("POST", form.url, form.fields))


def _queries(loot: Loot) -> list[str]:
    return [f"q={loot.house.mark}", "export=csv", f"q={loot.house.mark}&export=csv", "page=2"]


def walk_api(intruder: Intruder, *, of_all_kinds: bool) -> None:
    """Every operation of the document, its queries and the ids in its body too."""
    values = fillings(intruder.loot, of_all_kinds=of_all_kinds)
    for operation in operations():
        for chosen in filled(operation, values):
            url = operation.url(chosen)
            sent = Sent(operation.method, url, operation.body)
            intruder.tries(sent, is_closed=bool({*chosen} - {"version_id"}))
            for query in operation.query:
                for asked in _asked(query, intruder.loot):
                    intruder.tries(Sent(operation.method, f"{url}?{query}={asked}", operation.body))
            for body in _bodies(operation.body, intruder.loot):
                intruder.tries(Sent(operation.method, url, body))


def _asked(query: str, loot: Loot) -> list[str]:
    """What a query parameter is tried with. One that is not here fails the walk."""
    tried: dict[str, list[str]] = {
        "cursor": [cursor_of(ids[-1]) for kind, ids in loot.ids.items() if ids] + loot.lines,
        "limit": ["200"],
        "name": [loot.house.mark],
        "status": ["open", "confirmed", "approved", "applied"],
        "month": ["2026-08-01", "2026-09-01"],
        "partner_id": [str(loot.house.id)],
        "paid": ["true", "false"],
        "region": ["US"],
        "day": ["2026-10-12"],
        "currency": ["USD"],
        "in_force": ["true", "false"],
        "pool": ["advertising"],
    }
    assert query in tried, f"nobody says what to try for the query {query}"
    return tried[query]


def _bodies(body: Any, loot: Loot) -> Iterator[Any]:
    """The body with an id of the house in each place that takes one."""
    for name in body or ():
        if name.endswith("_id"):
            for key in loot.every(name.removesuffix("_id")):
                yield {**body, name: str(key)}


@dataclass
class Offered:
    """What a reader's own pages offer: forms, addresses, and what stood on the pages, by address."""

    forms: list[SentForm]
    addresses: list[str]
    texts: dict[str, str]


def offered_to(caller: Caller, begin: str) -> Offered:
    """Follows what pages offer from `begin` on; an address that is offered must answer.

    An address that only sorts anew leads nowhere else, so it is kept and not followed.
    """
    forms: dict[str, SentForm] = {}
    texts: dict[str, str] = {}
    seen: set[str] = set()
    ahead = [begin]
    while ahead:
        address = ahead.pop()
        if address in seen:
            continue
        seen.add(address)
        if "sort=" not in address:
            answer = caller.ask(Sent("GET", address))
            texts[address] = text_of(answer)
            assert answer.status_code == 200, f"{address} is offered and answers {answer.status_code}"
            if "text/html" in answer.headers["Content-Type"]:
                markup = Markup(address, answer.content.decode())
                forms |= {f"{form.url} {sorted(form.fields)} {form.buttons}": form for form in markup.posts()}
                ahead += [each for each in map(_within, markup.addresses) if each.startswith(begin)]
    return Offered(list(forms.values()), sorted(seen), texts)


def _within(address: str) -> str:
    """The address without the part that the browser keeps."""
    return urlsplit(address)._replace(fragment="").geturl()
