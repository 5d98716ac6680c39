"""Who asks, and what they may do and see."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class VendorRole(StrEnum):
    CHANNEL_CHIEF = "channel chief"
    ACCOUNT_MANAGER = "account manager"
    FINANCE = "finance"
    SELLER = "seller"


class PartnerRole(StrEnum):
    OWNER = "owner"
    SELLER = "seller"
    FINANCE = "finance"


Role = VendorRole | PartnerRole


class Permission(StrEnum):
    """What may be done; a role has some, an API client is given some of its partner's or of the vendor's."""

    PROGRAM_READ = "program:read"
    PROGRAM_PUBLISH = "program:publish"
    PROGRAM_ACCEPT = "program:accept"
    PARTNERS_READ = "partners:read"
    PARTNERS_DECIDE = "partners:decide"
    CUSTOMERS_READ = "customers:read"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    SUBSCRIPTIONS_READ = "subscriptions:read"
    SUBSCRIPTIONS_WRITE = "subscriptions:write"
    RECORD_WRITE = "record:write"
    INVOICES_READ = "invoices:read"
    INVOICES_WRITE = "invoices:write"
    STATEMENTS_READ = "statements:read"
    SETTLEMENT_READ = "settlement:read"
    SETTLEMENT_CLOSE = "settlement:close"
    RATES_READ = "rates:read"
    RATES_WRITE = "rates:write"
    POOLS_READ = "pools:read"
    POOLS_WRITE = "pools:write"
    DISPUTES_OPEN = "disputes:open"
    DISPUTES_ANSWER = "disputes:answer"
    MAIL_READ = "mail:read"
    PEOPLE_READ = "people:read"
    PEOPLE_INVITE = "people:invite"
    CLIENTS_WRITE = "clients:write"
    CLOCK_SET = "clock:set"


# What each permission lets a person do, as a sentence says it.
MAY = {
    Permission.PROGRAM_READ: "read the program",
    Permission.PROGRAM_PUBLISH: "publish a program version",
    Permission.PROGRAM_ACCEPT: "accept a program version",
    Permission.PARTNERS_READ: "see partners",
    Permission.PARTNERS_DECIDE: "decide on applications",
    Permission.CUSTOMERS_READ: "see customers",
    Permission.ORDERS_READ: "see orders",
    Permission.ORDERS_WRITE: "compose orders",
    Permission.SUBSCRIPTIONS_READ: "see subscriptions",
    Permission.SUBSCRIPTIONS_WRITE: "change subscriptions",
    Permission.RECORD_WRITE: "say who is on the record, with which role, tier or segment",
    Permission.INVOICES_READ: "see invoices",
    Permission.INVOICES_WRITE: "mark invoices as paid",
    Permission.STATEMENTS_READ: "read statements",
    Permission.SETTLEMENT_READ: "see which months are closed",
    Permission.SETTLEMENT_CLOSE: "close a month",
    Permission.RATES_READ: "see exchange rates",
    Permission.RATES_WRITE: "record exchange rates",
    Permission.POOLS_READ: "see what was pooled",
    Permission.POOLS_WRITE: "record what was pooled",
    Permission.DISPUTES_OPEN: "dispute a line of a statement",
    Permission.DISPUTES_ANSWER: "answer disputes",
    Permission.MAIL_READ: "read the outgoing mail",
    Permission.PEOPLE_READ: "see colleagues",
    Permission.PEOPLE_INVITE: "invite colleagues",
    Permission.CLIENTS_WRITE: "make API clients",
    Permission.CLOCK_SET: "set the clock",
}


class ActorKind(StrEnum):
    PERSON = "person"
    CLIENT = "client"
    VISITOR = "visitor"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person, an API client, a visitor without an account, or the system itself."""

    kind: ActorKind
    id: UUID | None = None


SYSTEM = Actor(ActorKind.SYSTEM)
VISITOR = Actor(ActorKind.VISITOR)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows may be seen: `office` all, a partner's own, those of one secret; else none.

    `text` is what PostgreSQL's row-level security reads.
    """

    text: str

    @staticmethod
    def partner(partner_id: UUID) -> "Scope":
        return Scope(f"partner:{partner_id}")

    @staticmethod
    def person(person_id: UUID) -> "Scope":
        """The person's own memberships, to find out which scope is theirs."""
        return Scope(f"person:{person_id}")

    @staticmethod
    def link(token_hash: str) -> "Scope":
        """What the holder of one secret may see: an order link, an invitation or a token, by its hash."""
        return Scope(f"link:{token_hash}")

    @property
    def partner_id(self) -> UUID | None:
        kind, _, value = self.text.partition(":")
        return UUID(value) if kind == "partner" else None


OFFICE = Scope("office")
NOTHING = Scope("")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is signed in: who, for which partner (None for the vendor), with which permissions."""

    actor: Actor
    scope: Scope
    partner_id: UUID | None
    permissions: frozenset[Permission]
    name: str = ""
    house: str = ""
    role: str = ""

    @property
    def of_vendor(self) -> bool:
        return self.partner_id is None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions
