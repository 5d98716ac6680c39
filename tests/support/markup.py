"""What a page offers its reader: addresses to go to, and forms to send."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin

_TYPED = {
    "number": "31",
    "date": "2026-11-02",
    "email": "somebody@else.example",
    "checkbox": "on",
    "password": "some password of theirs",
}


@dataclass
class SentForm:
    """A form as a browser would send it: what stood in it, and something plausible where nothing stood."""

    url: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def pressed(self) -> Iterator["SentForm"]:
        """The form as each of its buttons sends it."""
        for name, value in self.buttons or [("", "")]:
            yield replace(self, fields={**self.fields, name: [value]} if name else self.fields)


class Markup(HTMLParser):
    """The addresses and forms of a page that was answered at `url`."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url = url
        self.addresses: list[str] = []
        self.forms: list[SentForm] = []
        self._select = ""
        self.feed(html)

    def posts(self) -> Iterator[SentForm]:
        """The forms that change something, as each of their buttons sends them."""
        for form in self.forms:
            if form.method == "post":
                yield from form.pressed()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        for name in ("href", "src", "hx-get", "hx-post", "formaction"):
            if known.get(name):
                self.addresses.append(urljoin(self.url, known[name]))
        if tag == "form":
            url = urljoin(self.url, known.get("action", ""))
            self.forms.append(SentForm(url, known.get("method", "get").lower()))
        if tag == "select":
            self._select = known.get("name", "")
        if self.forms:
            self._fill(tag, known)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""

    def _fill(self, tag: str, known: dict[str, str]) -> None:
        form, name = self.forms[-1], known.get("name", "")
        if tag == "button" and name:
            form.buttons.append((name, known.get("value", "")))
        elif tag in ("input", "textarea") and name:
            kind = known.get("type", "text") if tag == "input" else tag
            form.fields.setdefault(name, []).append(known.get("value") or _TYPED.get(kind, "words"))
        elif tag == "option" and self._select:
            self._choose(form, known)

    def _choose(self, form: SentForm, known: dict[str, str]) -> None:
        """What is chosen; else the first that says something."""
        if known.get("value") and ("selected" in known or self._select not in form.fields):
            form.fields[self._select] = [known["value"]]
