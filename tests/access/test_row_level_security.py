"""PostgreSQL's half of the scope, by itself: what it shows is what the queries' half would show, and no row more."""

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from ofrecord.access.scope import entered, rows
from ofrecord.access.types import NOTHING, OFFICE, PartnerRole, Scope
from ofrecord.kernel.ids import secret_hash
from support.ground import Ground
from support.intruder import Caller, Sent
from support.world import World

# Tables of ours that every scope may read, and why.
OPEN_TABLES = {
    "access_person": "signing in comes before any scope; names are asked by the ids on rows that a scope shows",
    "clock_clock": "the day is the same for everybody",
    "program_programversion": "a published version is read by everybody whom it concerns",
    "catalog_offer": "the price list is public",
    "catalog_price": "the price list is public",
    "settlement_run": "names no partner; its pages ask for a permission that the vendor's staff alone have",
    "settlement_closedmonth": "names no partner; a statement cites its book",
    "jobs_donejob": "names no partner",
}
# Under row-level security without a query scope of their own: who asks them, and why that is enough.
WITHOUT_QUERY_SCOPE = {
    "journal_answer": "an answer is looked up by its owner, which begins with the scope",
    "ledger_transfer": "only sums of postings are read",
}
# Of the office alone: no partner sees any row.
OF_THE_OFFICE = {"mail_message", "exchange_exchangerate", "pools_poolamount", "settlement_monthpreview"}
# The policy says no, or before it the trigger of a table whose rows nobody changes.
UNWRITTEN = "violates row-level security policy|Cannot update or delete rows"
# What a partner writes of its own, by the policies that are absent from these tables; all else the office writes.
ADDED_BY_PARTNERS = {
    "journal_entry",
    "journal_answer",
    "partners_invitation",
    "partners_apiclient",
    "partners_acceptance",
    "customers_customer",
    "customers_relationship",
    "orders_order",
    "orders_orderlink",
    "orders_partnerservice",
    "orders_linkview",  # by whom the link was sent to
    "subscriptions_seatchange",
    "statements_dispute",
}
CHANGED_BY_PARTNERS = {
    "journal_answer",
    "partners_member",
    "partners_invitation",
    "partners_apiclient",
    "orders_order",
    "orders_orderlink",
    "subscriptions_subscription",
    "statements_dispute",
}
# Functions that see more than their caller, and what they tell of it.
LOOKING_PAST = {
    "ofrecord_link_order": "the id of the order to which the link of the scope leads",
    "billing_payment_within": "that an invoice is paid beyond what is owed",
    "billing_credit_within": "that more of an invoice is taken back than there is",
    "subscriptions_shares_fit": "that the shares of a role make more than the whole, and on which day",
}
OURS = [model for model in apps.get_models() if model.__module__.startswith("ofrecord.")]
GUARDED = [model for model in OURS if model._meta.db_table not in OPEN_TABLES]
SCOPED = [model for model in GUARDED if model._meta.db_table not in WITHOUT_QUERY_SCOPE]


def _select(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _keys(model: type[models.Model]) -> set[object]:
    return set(model._default_manager.values_list("pk", flat=True))


def _seen(scope: Scope) -> dict[str, int]:
    """How many rows of each guarded table the scope sees, without any help of the queries."""
    with entered(scope):
        return {model._meta.db_table: model._default_manager.count() for model in GUARDED}


@pytest.mark.django_db
def test_every_table_is_under_row_level_security_or_is_open_for_a_reason() -> None:
    enabled = dict(_select("select relname, relrowsecurity from pg_class where relkind = 'r'"))
    assert {model._meta.db_table for model in OURS if not enabled[model._meta.db_table]} == set(OPEN_TABLES)


@pytest.mark.django_db
def test_what_has_a_query_scope_is_guarded_and_the_other_way_round() -> None:
    scoped = {model._meta.db_table for model in OURS if hasattr(model, "of_partner")}
    assert scoped == {model._meta.db_table for model in SCOPED}


@pytest.mark.django_db
def test_a_policy_that_lets_write_checks_what_is_written() -> None:
    policies = _select(
        "select tablename, cmd, qual, with_check from pg_policies where permissive = 'PERMISSIVE'"
    )
    assert {table for table, *_ in policies} == {model._meta.db_table for model in GUARDED}
    for table, command, using, check in policies:
        assert using, table
        assert check == using if command == "ALL" else command == "SELECT", table


@pytest.mark.django_db
def test_a_function_that_looks_past_the_policies_is_known_and_cannot_be_led_astray() -> None:
    past = _select(
        "select proname, proconfig from pg_proc join pg_namespace n on n.oid = pronamespace"
        " where prosecdef and nspname = 'public'"
    )
    assert dict(past) == {name: ["search_path=public, pg_temp"] for name in LOOKING_PAST}


@pytest.mark.django_db
def test_the_application_cannot_bypass() -> None:
    [row] = _select("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
    assert row == (False, False)
    [(owned,)] = _select(
        "select count(*) from pg_class where pg_has_role(current_user, relowner, 'member') and relkind = 'r'"
    )
    assert owned == 0


def test_the_office_finds_something_in_every_guarded_table(world: World) -> None:
    assert [table for table, count in _seen(OFFICE).items() if not count] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "partner",
        "partner:",
        "partner:all",
        "partner:*",
        "partner:' or true --",
        f"partner:{UUID(int=0)}",
        "partner:3e2ebb01-e943-4076-959d-fa8f47b17ea8",
        "person:x",
        "person:aeb70925-86f2-402b-86d5-dd22597c5361",
        "link:",
        "link:%",
        "direct",
        "Office",
        "office ",
        "office:",
        "OFFICE",
    ],
)
def test_a_scope_of_nobody_sees_no_row_and_fails_no_statement(world: World, text: str) -> None:
    assert set(_seen(Scope(text)).values()) == {0}


def test_a_scope_that_was_never_set_sees_no_row(world: World) -> None:
    with transaction.atomic():
        assert {model._default_manager.count() for model in GUARDED} == {0}


def test_a_malformed_scope_writes_nothing(own_world: World) -> None:
    with entered(OFFICE):
        before = {model: _keys(model) for model in SCOPED}
    with entered(Scope("partner:nobody")), connection.cursor() as cursor:
        cursor.execute("delete from partners_invitation")
        cursor.execute("update partners_partner set name = 'x'")
        assert cursor.rowcount == 0
    with entered(OFFICE):
        assert {model: _keys(model) for model in SCOPED} == before


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.db_table)
def test_both_halves_of_the_scope_show_a_partner_the_same_rows(
    world: World, model: type[models.Model]
) -> None:
    for house in (world.a, world.b, world.newcomer):
        with entered(OFFICE):
            by_queries = set(rows(model._default_manager.all(), house.scope).values_list("pk", flat=True))
            everything = _keys(model)
        with entered(house.scope):
            assert _keys(model) == by_queries
        assert by_queries < everything


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.db_table)
def test_no_row_is_shared_by_partners_who_deal_with_different_customers(
    world: World, model: type[models.Model]
) -> None:
    seen = []
    for house in (world.a, world.b):
        with entered(house.scope):
            seen.append(_keys(model))
    assert not seen[0] & seen[1]
    assert bool(seen[0]) == bool(seen[1]) == (model._meta.db_table not in OF_THE_OFFICE)


def test_a_link_shows_its_order_and_what_hangs_on_it(world: World) -> None:
    seen = _seen(Scope.link(secret_hash(world.b.links["declined"])))
    assert {table: count for table, count in seen.items() if count} == {
        "partners_partner": 1,
        "customers_customer": 1,
        "orders_order": 1,
        "orders_partnerservice": 1,
        "orders_orderlink": 1,
        "orders_linkview": 1,
        "orders_decline": 1,
    }


def test_an_invitation_shows_itself_and_the_name_of_its_house(world: World) -> None:
    seen = _seen(Scope.link(secret_hash(world.b.invitation)))
    assert {table: count for table, count in seen.items() if count} == {
        "partners_partner": 1,
        "partners_invitation": 1,
    }


def test_a_token_shows_itself(world: World) -> None:
    seen = _seen(Scope.link(secret_hash(world.b.token)))
    assert {table: count for table, count in seen.items() if count} == {"partners_apiclient": 1}


def test_a_person_shows_its_own_place(world: World) -> None:
    [owner, *_] = world.b.people.values()
    seen = _seen(Scope.person(owner.id))
    assert {table: count for table, count in seen.items() if count} == {
        "partners_partner": 1,
        "partners_member": 1,
    }


@pytest.mark.parametrize("kind", ["link", "person"])
def test_what_only_lets_look_lets_nobody_write(world: World, kind: str) -> None:
    [owner, *_] = world.b.people.values()
    scope = Scope.person(owner.id) if kind == "person" else Scope.link(secret_hash(world.b.links["open"]))
    with entered(scope), connection.cursor() as cursor:
        for table in ("partners_partner", "partners_member", "customers_customer", "orders_order"):
            cursor.execute(f"delete from {table}")
            assert cursor.rowcount == 0
    assert _seen(scope)["partners_partner"] == 1


def test_a_partner_writes_no_row_of_another(own_world: World) -> None:
    refused = "violates row-level security policy"
    with entered(own_world.a.scope), connection.cursor() as cursor:
        cursor.execute("update partners_member set role = 'owner' where partner_id = %s", [own_world.b.id])
        assert cursor.rowcount == 0
        with pytest.raises(Exception, match=refused), transaction.atomic():
            cursor.execute("update partners_invitation set partner_id = %s", [own_world.b.id])
        with pytest.raises(Exception, match=refused), transaction.atomic():
            cursor.execute(
                "insert into partners_member (id, person_id, partner_id, role, since)"
                " select gen_random_uuid(), %s, %s, 'owner', now()",
                [own_world.a.people["owner"].id, own_world.b.id],
            )


@pytest.mark.django_db
def test_what_is_not_stated_to_be_written_by_partners_the_office_writes() -> None:
    """Of every table: a new one of which nothing is stated fails here."""
    office = "( SELECT ofrecord_office() AS ofrecord_office)"
    held = _select(
        "select tablename, cmd, coalesce(with_check, qual) from pg_policies where permissive = 'RESTRICTIVE'"
    )
    assert {condition for *_, condition in held} == {office}
    tables = {model._meta.db_table for model in GUARDED}
    assert {(table, command) for table, command, _ in held} == {
        *((table, "INSERT") for table in tables - ADDED_BY_PARTNERS),
        *((table, "UPDATE") for table in tables - CHANGED_BY_PARTNERS),
        *((table, "DELETE") for table in tables),
    }


def _is_refused(statement: str) -> bool:
    """Whether PostgreSQL refuses it, or finds no row that it may write."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.rowcount == 0
    except ProgrammingError as error:
        return re.search(UNWRITTEN, str(error)) is not None


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model._meta.db_table)
def test_a_partner_writes_only_what_is_its_to_write(own_world: World, model: type[models.Model]) -> None:
    """A copy of each of its own rows is refused, and so is a change; and none of them can be removed."""
    table, key = model._meta.db_table, model._meta.pk.column
    with entered(own_world.b.scope):
        assert model._default_manager.exists() == (table not in OF_THE_OFFICE)
        if table not in ADDED_BY_PARTNERS:
            assert _is_refused(f"insert into {table} select * from {table}")
        if table not in CHANGED_BY_PARTNERS:
            assert _is_refused(f"update {table} set {key} = {key}")
        assert _is_refused(f"delete from {table}")


@pytest.mark.parametrize("table", sorted(ADDED_BY_PARTNERS))
def test_what_is_a_partner_s_to_add_it_can(own_world: World, table: str) -> None:
    """A copy meets the key that is there already, and no policy."""
    with (
        entered(own_world.b.scope),
        connection.cursor() as cursor,
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        cursor.execute(f"insert into {table} select * from {table}")


@pytest.fixture
def line(ground: Ground, world: World) -> Iterator[psycopg.Connection]:
    """A connection as a web worker has it for many requests."""
    with psycopg.connect(ground.app_url(connection.settings_dict["NAME"]), autocommit=True) as opened:
        yield opened


def test_a_scope_ends_with_its_transaction(line: psycopg.Connection, world: World) -> None:
    count = "select count(*) from partners_partner"
    for ending in ("commit", "rollback"):
        line.execute("begin")
        line.execute("select set_config('ofrecord.scope', %s, true)", [world.b.scope.text])
        assert line.execute(count).fetchone() == (1,)
        line.execute(ending)
        assert line.execute(count).fetchone() == (0,)


def test_a_request_leaves_no_scope_on_the_connection_that_the_next_one_gets(world: World) -> None:
    """A web worker keeps its connection, whoever asks; a page, a refusal and a fault end its scope alike."""
    [[connected]] = _select("select pg_backend_pid()")
    owner, token = Caller(world.b.people[PartnerRole.OWNER]), Caller(token=world.b.token)
    for caller, address, status in (
        (owner, "/portal/orders/", 200),
        (owner, f"/portal/orders/{uuid4()}", 404),
        (token, "/api/v1/orders", 200),
        (token, "/api/v1/settlement/months", 403),
        (Caller(), f"/confirm/{world.b.links['open']}", 200),
        (Caller(), f"/join/{world.b.invitation}", 200),
    ):
        assert caller.ask(Sent("GET", address)).status_code == status, address
        assert _select("select pg_backend_pid(), coalesce(current_setting('ofrecord.scope', true), '')") == [
            (connected, "")
        ]
        with transaction.atomic():
            assert _select("select from partners_partner") == []


def test_a_scope_entered_within_another_ends_with_it_even_by_a_fault(world: World) -> None:
    assert world.a.id
    with entered(world.a.scope):
        with entered(OFFICE):
            assert len(_select("select from partners_partner")) > 3
        assert _select("select id from partners_partner") == [(world.a.id,)]
        with pytest.raises(ZeroDivisionError), entered(OFFICE):
            raise ZeroDivisionError
        assert _select("select id from partners_partner") == [(world.a.id,)]
    with transaction.atomic():
        assert _select("select id from partners_partner") == []


def test_the_queries_half_shows_nothing_to_a_scope_without_a_partner(world: World) -> None:
    for scope in (NOTHING, Scope.person(uuid4()), Scope.link("x")):
        with entered(OFFICE):
            assert {rows(model._default_manager.all(), scope).count() for model in SCOPED} == {0}
