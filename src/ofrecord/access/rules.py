"""What each role may do."""

from ofrecord.access.refusals import NotPermitted
from ofrecord.access.types import OFFICE, SYSTEM, PartnerRole, Permission, Reader, VendorRole

P = Permission

_SEES = frozenset({P.PROGRAM_READ, P.CUSTOMERS_READ, P.ORDERS_READ, P.SUBSCRIPTIONS_READ})
_VENDOR_SEES = _SEES | {P.PARTNERS_READ, P.PEOPLE_READ}

_VENDOR = {
    VendorRole.CHANNEL_CHIEF: frozenset(P) - {P.PROGRAM_ACCEPT, P.DISPUTES_OPEN},
    VendorRole.ACCOUNT_MANAGER: _VENDOR_SEES
    | {P.PARTNERS_DECIDE, P.RECORD_WRITE, P.STATEMENTS_READ, P.MAIL_READ},
    VendorRole.FINANCE: _VENDOR_SEES
    | {
        P.INVOICES_READ,
        P.INVOICES_WRITE,
        P.STATEMENTS_READ,
        P.SETTLEMENT_READ,
        P.SETTLEMENT_CLOSE,
        P.DISPUTES_ANSWER,
        P.RATES_READ,
        P.RATES_WRITE,
        P.POOLS_READ,
        P.POOLS_WRITE,
        P.MAIL_READ,
    }
    | {P.CLOCK_SET},
    VendorRole.SELLER: _VENDOR_SEES | {P.SUBSCRIPTIONS_WRITE},
}
_PARTNER = {
    PartnerRole.OWNER: _SEES
    | {P.ORDERS_WRITE, P.SUBSCRIPTIONS_WRITE, P.INVOICES_READ, P.STATEMENTS_READ, P.PROGRAM_ACCEPT}
    | {P.PEOPLE_READ, P.PEOPLE_INVITE, P.CLIENTS_WRITE, P.DISPUTES_OPEN},
    PartnerRole.SELLER: _SEES | {P.ORDERS_WRITE, P.SUBSCRIPTIONS_WRITE, P.PEOPLE_READ},
    PartnerRole.FINANCE: _SEES | {P.INVOICES_READ, P.STATEMENTS_READ, P.DISPUTES_OPEN, P.PEOPLE_READ},
}

# What a token may be given at most: the API has no resource for the others.
CLIENT_PERMISSIONS = frozenset(
    {P.PROGRAM_READ, P.PARTNERS_READ, P.CUSTOMERS_READ, P.ORDERS_READ, P.ORDERS_WRITE, P.SUBSCRIPTIONS_READ}
    | {P.SUBSCRIPTIONS_WRITE, P.INVOICES_READ, P.INVOICES_WRITE, P.STATEMENTS_READ, P.SETTLEMENT_READ}
    | {P.SETTLEMENT_CLOSE, P.PARTNERS_DECIDE, P.RECORD_WRITE, P.PROGRAM_PUBLISH}
    | {P.RATES_READ, P.RATES_WRITE, P.POOLS_READ, P.POOLS_WRITE}
    | {P.DISPUTES_OPEN, P.DISPUTES_ANSWER}
)

# Whoever holds the command line of the server speaks for the vendor, as the system.
SERVER = Reader(actor=SYSTEM, scope=OFFICE, partner_id=None, permissions=frozenset(P), name="the server")


def permissions_of(role: VendorRole | PartnerRole) -> frozenset[Permission]:
    """What the role may do. The two enums share words, so the type decides which house it is."""
    return _VENDOR[role] if isinstance(role, VendorRole) else _PARTNER[role]


def require(reader: Reader, permission: Permission) -> None:
    """Refuses when the reader may not."""
    if not reader.may(permission):
        raise NotPermitted(permission=permission, role=reader.role)
