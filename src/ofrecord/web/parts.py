"""The values that the parts of a page are drawn from; the templates in `parts/` draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ofrecord.kernel.money import Money


class Tone(Enum):
    """How a state is meant: it never stands alone, the word says it too."""

    PLAIN = "plain"
    GOOD = "good"
    WAIT = "wait"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class State:
    """A state is a word and a dot: `State("paid", Tone.GOOD)`."""

    word: str
    tone: Tone = Tone.PLAIN

    def __html__(self) -> SafeString:
        return format_html('<span class="state {}">{}</span>', self.tone.value, self.word)

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True, slots=True)
class Linked:
    """A text that leads to a page, with a small second line where one helps."""

    text: str
    url: str = ""
    small: str = ""

    def __html__(self) -> SafeString:
        text = (
            format_html('<a href="{}">{}</a>', self.url, self.text)
            if self.url
            else format_html("{}", self.text)
        )
        return format_html('{}<span class="small">{}</span>', text, self.small) if self.small else text

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a working: what it is, where it comes from, and its figure. The last step is the result."""

    title: str
    words: str
    figure: Money | Fraction | int | str
    is_result: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a working rests on, with the page where it can be seen."""

    title: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Working:
    """The answer to "why?": words, then the working, then the facts. `question` is what is pressed."""

    question: str
    words: Sequence[str | SafeString]
    steps: Sequence[Step] = ()
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """What to do next: the words on a button and where it leads."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list says when there is nothing in it: that it is empty, and what to do next."""

    title: str
    words: str = ""
    next: Way | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long job is: `done` of `of` (`of` 0 while that is not known). `url` answers with the same
    part again.

    `is_finished` ends the asking; `fault` says, in a sentence, why a job that ended did not succeed. One that ended
    because somebody asked for it `was_stopped`: that is no fault, and `words` say so.
    """

    id: str
    title: str
    url: str
    done: int = 0
    of: int = 0
    words: str = ""
    is_finished: bool = False
    was_stopped: bool = False
    fault: str = ""
    next: Way | None = None
