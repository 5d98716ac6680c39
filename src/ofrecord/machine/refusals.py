"""The ways the machine says no."""

from dataclasses import dataclass
from pathlib import Path

from ofrecord.kernel.refusal import Kind, Refusal

# How much of a failed process's words goes to the terminal; all of it is in its log.
_SHOWN_LINES = 15


@dataclass(eq=False)
class FolderInUse(Refusal):
    code = "folder-in-use"
    kind = Kind.CONFLICT
    folder: Path

    def sentence(self) -> str:
        return f"Of Record is already running on the data folder {self.folder}."

    def remedy(self) -> str:
        return "Use that one, end it with Ctrl-C, or choose another folder with --data."


@dataclass(eq=False)
class FolderUnusable(Refusal):
    code = "folder-unusable"
    kind = Kind.INVALID
    folder: Path
    reason: str

    def sentence(self) -> str:
        return f"The folder {self.folder} cannot hold the data: {self.reason}."

    def remedy(self) -> str:
        return "Choose another folder with --data."


@dataclass(eq=False)
class FolderOfAnotherAccount(Refusal):
    code = "folder-of-another-account"
    kind = Kind.FORBIDDEN
    folder: Path
    account: str

    def sentence(self) -> str:
        return f"The data folder {self.folder} belongs to the account {self.account}."

    def remedy(self) -> str:
        return f"Start Of Record as {self.account}, or choose another folder with --data."


@dataclass(eq=False)
class FolderOfAnotherMode(Refusal):
    code = "folder-of-another-mode"
    kind = Kind.CONFLICT
    folder: Path
    is_demonstration: bool

    def sentence(self) -> str:
        held = "a demonstration" if self.is_demonstration else "real data"
        return f"The data folder {self.folder} holds {held}, and that never changes."

    def remedy(self) -> str:
        option = "Add --demo" if self.is_demonstration else "Leave --demo out"
        return f"{option}, or choose another folder with --data."


@dataclass(eq=False)
class NotRunning(Refusal):
    code = "not-running"
    kind = Kind.CONFLICT
    folder: Path

    def sentence(self) -> str:
        return f"Of Record is not running on the data folder {self.folder}."

    def remedy(self) -> str:
        return "Start it with `ofrecord up`, name its folder with --data, or set DATABASE_URL."


@dataclass(eq=False)
class NoPostgres(Refusal):
    code = "no-postgres"
    kind = Kind.INVALID
    wanted: str

    def sentence(self) -> str:
        return f"There is no {self.wanted} on this machine."

    def remedy(self) -> str:
        return "Install it (on Debian or Ubuntu: apt-get install postgresql) and start again."


@dataclass(eq=False)
class NoAccountForPostgres(Refusal):
    code = "no-account-for-postgres"
    kind = Kind.FORBIDDEN

    def sentence(self) -> str:
        return "PostgreSQL refuses to run as root, and here root can neither unshare a user nor become one."

    def remedy(self) -> str:
        return "Start Of Record as an ordinary user."


@dataclass(eq=False)
class ProcessFailed(Refusal):
    """A process that had to succeed or to stay did not; `said` is what it said at the end."""

    code = "process-failed"
    kind = Kind.CONFLICT
    name: str
    outcome: str
    said: list[str]
    log: Path

    def sentence(self) -> str:
        words = "".join(f"\n  {line}" for line in self.said[-_SHOWN_LINES:])
        return f"The process {self.name} {self.outcome}." + (f" It said:{words}\n" if words else "")

    def remedy(self) -> str:
        return f"All it said is in {self.log}."


@dataclass(eq=False)
class PortTaken(Refusal):
    code = "port-taken"
    kind = Kind.CONFLICT
    host: str
    port: int
    reason: str

    def sentence(self) -> str:
        return f"Port {self.port} on {self.host} cannot be served: {self.reason}."

    def remedy(self) -> str:
        return (
            f"Choose another with --port, for example --port {self.port + 1 if self.port < 65535 else 8420}."
        )


@dataclass(eq=False)
class DatabaseUnreachable(Refusal):
    code = "database-unreachable"
    kind = Kind.CONFLICT
    variable: str
    reason: str

    def sentence(self) -> str:
        return f"The database that {self.variable} names does not answer: {self.reason}."

    def remedy(self) -> str:
        return "Correct the address, or start that PostgreSQL."


@dataclass(eq=False)
class NotSet(Refusal):
    code = "not-set"
    kind = Kind.INVALID
    variable: str
    meaning: str

    def sentence(self) -> str:
        return f"The environment variable {self.variable} is not set; it names {self.meaning}."

    def remedy(self) -> str:
        return f"Set {self.variable}, or use `ofrecord up`, which sets everything itself."


@dataclass(eq=False)
class RoleTooMighty(Refusal):
    """The application's role could step around row-level security; `reason` says how."""

    code = "role-too-mighty"
    kind = Kind.FORBIDDEN
    role: str
    reason: str

    def sentence(self) -> str:
        return f"The database role {self.role} {self.reason}, so row-level security would not hold it."

    def remedy(self) -> str:
        return (
            "Give DATABASE_URL a role that owns nothing (create role ofrecord_app login password '…'), "
            "and run `ofrecord migrate` with the owner's OFRECORD_OWNER_DATABASE_URL."
        )


@dataclass(eq=False)
class NoSuchRole(Refusal):
    code = "no-such-role"
    kind = Kind.INVALID
    role: str

    def sentence(self) -> str:
        return f"There is no database role {self.role}, to which DATABASE_URL gives the application's work."

    def remedy(self) -> str:
        return f"Create it as an administrator: create role {self.role} login password '…'."


@dataclass(eq=False)
class SchemaNotCurrent(Refusal):
    code = "schema-not-current"
    kind = Kind.CONFLICT
    missing: int

    def sentence(self) -> str:
        steps = "one step" if self.missing == 1 else f"{self.missing} steps"
        return f"The database is {steps} behind this version of Of Record."

    def remedy(self) -> str:
        return "Run `ofrecord migrate` with the owner's OFRECORD_OWNER_DATABASE_URL first."
