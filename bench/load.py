"""p50 and p95 of confirming an order and of the portal's first page, against a running demonstration.

Composes orders through the flows, then confirms each once by HTTP as its customer would: opens the link,
sends the form.
Run it beside `bin/demo` on the same machine; it ends by itself and speaks to this machine only.
"""

import argparse
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from ofrecord.commands.installation import enter

PARTNER = "ana.ruiz@harborlane.example"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", type=Path, default=Path("data"))
    words.add_argument("--url", default="http://localhost:8420")
    words.add_argument("--email", default=PARTNER, help="a partner's owner or seller who signs in")
    words.add_argument("--password", default=os.environ.get("OFRECORD_DEMONSTRATION_PASSWORD", ""))
    words.add_argument("--orders", type=int, default=200)
    words.add_argument("--pages", type=int, default=400)
    words.add_argument("--threads", type=int, default=4)
    asked = words.parse_args()
    enter(asked.data)
    secrets = list(compose(asked.email, asked.orders))
    say("confirm, all of it", spread(asked.threads, [confirming(asked.url, secret) for secret in secrets]))
    look = signed_in(asked.url, asked.email, asked.password)
    say("portal, first page", spread(asked.threads, [reading(look, f"{asked.url}/portal/")] * asked.pages))


def compose(email: str, count: int) -> Iterator[str]:
    """The secrets of new orders of the partner whose person signs in with that address."""
    from ofrecord.access.models import Person  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import Scope  # noqa: PLC0415
    from ofrecord.catalog.queries import offers_on  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows.compose_order import Wanted, compose  # noqa: PLC0415
    from ofrecord.partners.queries import reader_of  # noqa: PLC0415
    from ofrecord.program.queries import in_force  # noqa: PLC0415

    person = Person.objects.get(login=email)
    with entered(Scope.person(person.pk)):
        reader = reader_of(person.pk)
    assert reader is not None, f"{email} belongs to a house"
    at = now()
    offer = offers_on(in_force(at.date()).id, at.date())[0]
    wanted = Wanted(
        offer=offer.code,
        region=offer.region,
        seats=25,
        commitment_months=12,
        starts_on=at.date() + timedelta(days=1),
        customer_name="Measured Company",
    )
    for _ in range(count):
        with entered(reader.scope):
            yield compose(reader=reader, at=at, wanted=wanted)[1]


def visitor() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(CookieJar()))


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's first form that has a form key, or of the page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return dict(found)


def send(look: OpenerDirector, url: str, fields: dict[str, str]) -> str:
    request = Request(url, urlencode(fields).encode(), headers={"Referer": url})
    with look.open(request, timeout=60) as answer:
        return str(answer.read().decode())


def confirming(base: str, secret: str) -> Callable[[], float]:
    """One customer opens the page, then sends the form; what is timed is the form with the record page that follows."""

    def work() -> float:
        look = visitor()
        url = f"{base}/confirm/{secret}"
        with look.open(url, timeout=60) as answer:
            page = answer.read().decode()
        fields = hidden(page) | {
            "seats": "30",
            "name": "Dana",
            "email": "dana@parker.example",
            "consent": "on",
        }
        began = time.perf_counter()
        record = send(look, url, fields)
        took = time.perf_counter() - began
        assert "confirmed" in record.lower(), "the order is confirmed"
        return took

    return work


def signed_in(base: str, email: str, password: str) -> OpenerDirector:
    look = visitor()
    with look.open(f"{base}/account/login/", timeout=60) as answer:
        fields = hidden(answer.read().decode())
    send(look, f"{base}/account/login/", fields | {"login": email, "password": password})
    return look


def reading(look: OpenerDirector, url: str) -> Callable[[], float]:
    def work() -> float:
        began = time.perf_counter()
        with look.open(url, timeout=60) as answer:
            assert answer.url == url, "the reader is signed in"
            answer.read()
        return time.perf_counter() - began

    return work


def spread(threads: int, work: list[Callable[[], float]]) -> tuple[list[float], float]:
    """The times of all pieces of work, done by so many threads, and the time that all took together."""
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        times = list(pool.map(lambda one: one(), work))
    return sorted(times), time.perf_counter() - began


def say(what: str, measured: tuple[list[float], float]) -> None:
    times, whole = measured
    at = [times[min(len(times) - 1, int(len(times) * part))] * 1000 for part in (0.5, 0.95, 0.99)]
    rate = len(times) / whole
    print(  # noqa: T201
        f"{what}: n {len(times)}, p50 {at[0]:.0f} ms, p95 {at[1]:.0f} ms, p99 {at[2]:.0f} ms, {rate:.0f} a second"
    )


if __name__ == "__main__":
    main()
