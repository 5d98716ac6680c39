"""A clause of each kind, each with the words in which a partner reads it."""

from datetime import date
from fractions import Fraction

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    DESIGNATION,
    DISTRIBUTOR,
    FORMER_PARTNER,
    HOST,
    PARTNER_OF_RECORD,
    REFERRER,
    RESELLER,
    SERVICES,
    Applies,
    Band,
    Bands,
    Basis,
    Clause,
    Condition,
    CountRange,
    Earned,
    Growth,
    Holdback,
    Limit,
    Measure,
    Needs,
    Per,
    Period,
    PoolKey,
    Scope,
    Unit,
)

EVERYWHERE = Condition()
BY_PARTNER = Condition(ways=("partner-of-record",))
PARTNER_YEAR = Per(Scope.PARTNER, Period.YEAR)
PARTNER_MONTH = Per(Scope.PARTNER, Period.MONTH)
TWELVE = Fraction(12, 100)
CAMPAIGN = Span(date(2011, 2, 1), date(2011, 4, 2))


def rate(name: str, percent: int, role: str = PARTNER_OF_RECORD, when: Condition = EVERYWHERE) -> Clause:
    return Clause(name, name.replace("-", " ").capitalize(), role, when, rate=Fraction(percent, 100))


STANDARD = rate("every-year", 6, when=BY_PARTNER)

SENTENCES: tuple[tuple[Clause, str], ...] = (
    (
        STANDARD,
        "The partner of record is paid 6% of what is billed when the way to sell is Partner of record. It is paid in "
        "addition to “Campaign”, where both match; the rates add up.",
    ),
    (
        Clause(
            "campaign",
            "Campaign",
            PARTNER_OF_RECORD,
            Condition(
                ways=("partner-of-record",),
                tiers=("Gold",),
                regions=("US", "GB"),
                segments=("small", "midsize"),
                families=("productivity",),
                offers=("suite",),
                deals=("new", "cross-sell"),
                months=CountRange(1, 12),
                seats=CountRange(25, 249),
                sold=CAMPAIGN,
                billed=Span(date(2011, 2, 1)),
            ),
            rate=TWELVE,
            needs=Needs(
                3, 75, 5, Money(1000000, "USD"), Span(date(2010, 7, 1), date(2011, 7, 1)), for_all=True
            ),
            together_with=("every-year",),
            instead_of=("first-year",),
        ),
        "The partner of record is paid 12% of what is billed in months 1 to 12 of the subscription, when the way to "
        "sell is Partner of record, to a partner of tier Gold, for Suite, for offers of the family productivity, for "
        "new or cross-sell sales, for customers of segment small or midsize, for customers in US or GB, for lines of "
        "25 to 249 seats, for subscriptions that started from 1 February 2011 to 1 April 2011, on invoices dated from "
        "1 February 2011 on. The partner must have sold 3 new customers, 75 seats, 5 subscriptions and 10,000.00 USD "
        "billed in all, counted over subscriptions that started from 1 July 2010 to 30 June 2011. Once it is met, all "
        "sales of that time are paid, also earlier ones. It is paid in addition to “Every year”, where both match; "
        "the rates add up. Where it pays, “first-year” does not.",
    ),
    (
        Clause(
            "volume",
            "Volume",
            REFERRER,
            EVERYWHERE,
            bands=Bands(
                True,
                Measure.AMOUNT,
                PARTNER_YEAR,
                (
                    Band(1000000, Fraction(5, 100)),
                    Band(2500000, Fraction(8, 100)),
                    Band(None, Fraction(1, 10)),
                ),
            ),
            needs=Needs(seats=10, period=Period.QUARTER),
        ),
        "The referrer is paid 5% to 10% of what is billed in every case. Each slice is paid at its own rate: 5% up to "
        "10,000.00 USD, 8% from 10,000.00 USD to 25,000.00 USD, 10% above 25,000.00 USD; added up per partner and "
        "program year. The partner must have sold 10 seats in all, counted over subscriptions that started in the "
        "same quarter. It is paid on invoices from the day on which that is met. No other clause pays the referrer "
        "beside it.",
    ),
    (
        Clause(
            "customers",
            "Customers",
            RESELLER,
            EVERYWHERE,
            bands=Bands(
                False,
                Measure.CUSTOMERS,
                Per(Scope.PARTNER),
                (Band(10, Fraction(5, 100)), Band(None, Fraction(8, 100))),
            ),
            basis=Basis.MARGIN,
        ),
        "The reseller is paid 5% to 8% of the margin over the wholesale price in every case. All of it is paid at the "
        "one rate that is reached: 5% up to 10 customers, 8% above 10 customers; added up per partner, for good. No "
        "other clause pays the reseller beside it.",
    ),
    (
        Clause(
            "bounty",
            "Bounty",
            SERVICES,
            Condition(deals=("new",)),
            amount=Money(5000, "USD"),
            unit=Unit.CUSTOMER,
            cap=Limit(Money(50000, "USD"), PARTNER_MONTH),
            floor=Limit(Money(2500, "USD"), Per(Scope.CUSTOMER)),
            holdback=Holdback(Fraction(1, 5), 90),
        ),
        "The services partner is paid 50.00 USD once for each new customer, for new sales. It pays at most 500.00 USD "
        "per partner and month. It pays at least 25.00 USD per customer, for good. 20% of it is held back for 90 days "
        "from the event that earned it. No other clause pays the services partner beside it.",
    ),
    (
        Clause(
            "growth",
            "Growth",
            PARTNER_OF_RECORD,
            BY_PARTNER,
            rate=Fraction(3, 100),
            growth=Growth(PARTNER_MONTH, Fraction(11, 10)),
            earned=Earned.WHEN_COLLECTED,
            applies=Applies.ALL,
        ),
        "The partner of record is paid 3% of what is billed when the way to sell is Partner of record. It is paid only "
        "on what is above 110% of the same month one year before, added up per partner. It is earned as far as the "
        "customer has paid the invoice. From 1 April 2009 on it applies to all subscriptions, also those sold under "
        "an earlier version. No other clause pays the partner of record beside it.",
    ),
    (
        Clause(
            "shared",
            "Shared",
            "",
            Condition(seats=CountRange(250)),
            rate=TWELVE,
            split=((HOST, Fraction(7, 10)), (DISTRIBUTOR, Fraction(1, 5))),
            applies=Applies.UNTIL_RENEWAL,
        ),
        "The host (70%) and the distributor (20%) share 12% of what is billed for lines of 250 seats or more. 10% of "
        "it is paid to nobody. It applies to a subscription until its first renewal after a later version took effect. "
        "No other clause pays the same role beside it.",
    ),
    (
        Clause(
            "override",
            "Override",
            DISTRIBUTOR,
            EVERYWHERE,
            basis=Basis.FEE,
            of="every-year",
            rate=Fraction(1, 10),
        ),
        "The distributor is paid 10% of the fee under “Every year” in every case. No other clause pays the distributor "
        "beside it.",
    ),
    (
        Clause(
            "advertising",
            "Advertising",
            HOST,
            EVERYWHERE,
            basis=Basis.POOLED,
            pool="advertising",
            pool_key=PoolKey.SEATS,
            rate=Fraction(1, 2),
        ),
        "The host is paid 50% of the pool “advertising” in every case. All partners that it pays share it in "
        "proportion to their seats.",
    ),
    (
        Clause(
            "run-off",
            "Run-off",
            FORMER_PARTNER,
            Condition(months=CountRange(1, 6), months_from=DESIGNATION),
            basis=Basis.COLLECTED,
            rate=Fraction(3, 100),
        ),
        "The former partner of record is paid 3% of what the customer has paid in months 1 to 6 from the designation "
        "of the partner. No other clause pays the former partner of record beside it.",
    ),
    (
        Clause(
            "ended",
            "Ended",
            "",
            Condition(roles=(FORMER_PARTNER, HOST)),
            because="The run-off is over.",
        ),
        "Nothing is paid to a former partner of record or host. The run-off is over.",
    ),
)
CLAUSES = tuple(clause for clause, _ in SENTENCES)
