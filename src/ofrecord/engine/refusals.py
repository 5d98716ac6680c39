"""The ways the engine says no to a file."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.refusal import Kind, Refusal

_RESTORE = "Restore it from a copy: its SHA-256 is on the record, so the right one is known."


@dataclass(eq=False)
class RecordNotShown(Refusal):
    """What is told to whom a file of the vendor's is no business: no path, and nothing that only the vendor can do."""

    code = "record-not-shown"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return (
            "The record of a closed month cannot be shown at present: a file of the vendor's records is not as it "
            "was put on record."
        )

    def remedy(self) -> str:
        return (
            "Nothing of it is lost or changed for you: what was put on record stands, and is shown again once the "
            "vendor has restored the file. Ask the vendor when that will be."
        )


@dataclass(eq=False)
class RecordsNotReached(Refusal):
    """The same of the place in which the vendor keeps the records."""

    code = "records-not-reached"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "The records of closed months cannot be reached at present."

    def remedy(self) -> str:
        return "Nothing of them is lost or changed for you. Ask the vendor when they can be reached again."


@dataclass(eq=False)
class BookMissing(Refusal):
    code = "book-missing"
    kind = Kind.CONFLICT
    told_others = RecordNotShown
    file: str

    def sentence(self) -> str:
        return f"The file {self.file} of a closed month is not there."

    def remedy(self) -> str:
        return f"{_RESTORE} Where books are kept in another folder, OFRECORD_BOOKS has to name it."


@dataclass(eq=False)
class BookAltered(Refusal):
    code = "book-altered"
    kind = Kind.CONFLICT
    told_others = RecordNotShown
    file: str

    def sentence(self) -> str:
        return f"The file {self.file} is not what was put on the record when its month was closed."

    def remedy(self) -> str:
        return _RESTORE


@dataclass(eq=False)
class BookUnsound(Refusal):
    """What was written does not give its own amounts: never posted where a close finds it."""

    code = "book-unsound"
    kind = Kind.CONFLICT
    file: str
    line: int

    def sentence(self) -> str:
        return f"Line {self.line} of {self.file} does not pay what its working gives."

    def remedy(self) -> str:
        return "Nothing was posted where a close found it. Keep the file and report it: this is a fault of the program."


@dataclass(eq=False)
class BookFileMissing(Refusal):
    """No book is where somebody says that one is."""

    code = "book-file-missing"
    kind = Kind.NOT_FOUND
    file: str

    def sentence(self) -> str:
        return f"The file {self.file} is not there, or cannot be read."


@dataclass(eq=False)
class BookUnreadable(Refusal):
    """Cut short, altered inside, or never a book of this format."""

    code = "book-unreadable"
    kind = Kind.CONFLICT
    file: str

    def sentence(self) -> str:
        return f"The file {self.file} is no whole book: it was cut or altered, or is of another format."

    def remedy(self) -> str:
        return "Ask for the file again: its SHA-256 stands on the statement."


@dataclass(eq=False)
class LineNotThere(Refusal):
    code = "line-not-there"
    kind = Kind.NOT_FOUND
    file: str
    line: str

    def sentence(self) -> str:
        return f"The book {self.file} has no line {self.line}."

    def remedy(self) -> str:
        return 'A line is named by its month and its number, such as "2026-10/4821193755".'


@dataclass(eq=False)
class VersionNotGiven(Refusal):
    """None of the documents at hand is the one that a line cites."""

    code = "version-not-given"
    kind = Kind.NOT_FOUND
    program: str
    version: str
    sha256: str

    def sentence(self) -> str:
        return (
            f"The line cites version {self.version} of {self.program}, a document with SHA-256 {self.sha256}."
        )

    def remedy(self) -> str:
        return "None of the documents given is that one, to the byte: give it with --program."


@dataclass(eq=False)
class EngineUnknown(Refusal):
    """An engine was asked for that there is not."""

    code = "engine-unknown"
    kind = Kind.INVALID
    name: str
    known: tuple[str, ...]

    def sentence(self) -> str:
        return f"There is no engine {self.name!r}."

    def remedy(self) -> str:
        return f"Name one of {', '.join(self.known)} by --engine, for the server by OFRECORD_ENGINE."


@dataclass(eq=False)
class MemoryUnclear(Refusal):
    """What was said of the engine's memory is no amount, or too little."""

    code = "memory-unclear"
    kind = Kind.INVALID
    memory: str
    least: str

    def sentence(self) -> str:
        return f"{self.memory!r} is no amount of memory with which an engine can work."

    def remedy(self) -> str:
        return (
            f"Say how much memory the engine may take, such as 2GB or 512MB, and at least {self.least}: by --memory, "
            "for the server by OFRECORD_ENGINE_MEMORY."
        )


@dataclass(eq=False)
class MasterUnclear(Refusal):
    """What was said of Spark's master is no address of one."""

    code = "master-unclear"
    kind = Kind.INVALID
    master: str

    def sentence(self) -> str:
        return f"{self.master!r} is no master of a Spark cluster."

    def remedy(self) -> str:
        return "A master is such as spark://HOST:7077, k8s://https://HOST:PORT, yarn, or local[*] for this machine."


@dataclass(eq=False)
class SparkUnreachable(Refusal):
    """The master that was named does not answer, or will not have us."""

    code = "spark-unreachable"
    kind = Kind.CONFLICT
    master: str

    def sentence(self) -> str:
        return f"Spark does not begin on the master {self.master}."

    def remedy(self) -> str:
        return (
            "See that it runs, that this machine reaches it and that it is of Spark 4.0, and that Java 17 or 21 is "
            "installed here; where Spark began to try, its own words above say more."
        )


@dataclass(eq=False)
class SparkMissing(Refusal):
    """Apache Spark was asked for, and is not installed."""

    code = "spark-missing"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "Apache Spark is not installed beside Of Record."

    def remedy(self) -> str:
        return "Install it with pip install 'ofrecord[spark]', and a Java runtime, or settle with the embedded engine."


@dataclass(eq=False)
class MemoryShort(Refusal):
    """What the engine has to hold at once does not fit into the memory that it may take."""

    memory: str

    code = "memory-short"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return f"The engine cannot do this within {self.memory} of memory."

    def remedy(self) -> str:
        return (
            "Give it more with --memory, for the worker with OFRECORD_ENGINE_MEMORY, and see that the disk of the data"
            " folder has room for what it puts aside."
        )


@dataclass(eq=False)
class FolderNotWritable(Refusal):
    """What a close keeps cannot be written where it is to be kept; `why` is the system's word for it."""

    code = "folder-not-writable"
    kind = Kind.CONFLICT
    folder: str
    why: str

    def sentence(self) -> str:
        return f"Nothing can be written to {self.folder}: {self.why}."

    def remedy(self) -> str:
        return (
            "See that it is a folder, that whoever runs Of Record may write there, and that its disk has room. Nothing "
            "was posted; the next run does the whole."
        )


@dataclass(eq=False)
class CredentialsInUrl(Refusal):
    """The URL of a store has a password in it, which this does not repeat."""

    code = "credentials-in-url"
    kind = Kind.INVALID
    kind_of_url: str

    def sentence(self) -> str:
        return f"The {self.kind_of_url}:// URL at which books are to be kept has a key, a password or a query in it."

    def remedy(self) -> str:
        return (
            "Take it out of OFRECORD_BOOKS, and give it as the part of fsspec for that store expects: for s3:// in "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )


@dataclass(eq=False)
class FolderUnclear(Refusal):
    """What was said of where books are kept is neither a whole path nor a URL."""

    code = "folder-unclear"
    kind = Kind.INVALID
    folder: str

    def sentence(self) -> str:
        return f"{self.folder!r} says no place where books are kept."

    def remedy(self) -> str:
        return (
            "Write OFRECORD_BOOKS as a whole path such as /srv/books, or as a URL such as s3://bucket/books."
        )


@dataclass(eq=False)
class StorageMissing(Refusal):
    """Books are kept at a URL of a store that nothing here knows how to reach; `helps` says what would."""

    code = "storage-missing"
    kind = Kind.CONFLICT
    told_others = RecordsNotReached
    url: str
    why: str
    helps: str

    def sentence(self) -> str:
        return f"Books are kept at {self.url}, as OFRECORD_BOOKS says, which cannot be reached: {self.why}."

    def remedy(self) -> str:
        return self.helps


@dataclass(eq=False)
class RateOutOfRange(Refusal):
    """A rate of more digits than products with it can hold in columns: no guess, and no other rate."""

    code = "rate-out-of-range"
    kind = Kind.CONFLICT
    currency: str
    due_currency: str
    day: date

    def sentence(self) -> str:
        return (
            f"The exchange rate from {self.currency} to {self.due_currency} of {self.day} has more digits than sums in "
            "columns can hold exactly."
        )

    def remedy(self) -> str:
        return "Close the month by ofrecord settle MONTH --engine judge, which knows no such limit."


@dataclass(eq=False)
class NumberOutOfRange(Refusal):
    """A sum or a fraction of more digits than columns hold: no other number is taken for it."""

    code = "number-out-of-range"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "A number of this month has more digits than columns can hold exactly."

    def remedy(self) -> str:
        return (
            "Look for an invoice, a rate or a share that is not meant; nothing was posted. If all are, close the month "
            "by ofrecord settle MONTH --engine judge, which holds fractions of any length."
        )


@dataclass(eq=False)
class StepUnknown(Refusal):
    """A step was asked for that this settlement does not have."""

    code = "step-unknown"
    kind = Kind.NOT_FOUND
    step: str
    known: list[str]

    def sentence(self) -> str:
        return f"The settlement of this month has no step {self.step!r}."

    def remedy(self) -> str:
        return f"Its steps are: {', '.join(self.known)}. A step that no clause asks for is left out."


@dataclass(eq=False)
class ColumnUnknown(Refusal):
    """A condition names a column that a step does not have."""

    code = "column-unknown"
    kind = Kind.NOT_FOUND
    step: str
    column: str
    known: list[str]

    def sentence(self) -> str:
        return f"The step {self.step!r} has no column {self.column!r}."

    def remedy(self) -> str:
        return f"Its columns are: {', '.join(self.known)}."
