"""The two database roles: the owner, who migrates, and the application, who owns nothing.

Both serve a production PostgreSQL as well as the embedded one.
"""

from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import Connection, sql

from ofrecord.machine.folder import Identity
from ofrecord.machine.postgres import SUPERUSER, Cluster
from ofrecord.machine.refusals import DatabaseUnreachable, NoSuchRole, RoleTooMighty

OWNER = "ofrecord_owner"
APP = "ofrecord_app"
DATABASE = "ofrecord"
_CONNECT_SECONDS = 10

_LAST_LINE = -1
# In order of precedence: what lets a role past row-level security, and how that is said.
_MIGHT = """
    select r.rolsuper, r.rolbypassrls,
           (select min(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm')
               and pg_has_role(r.oid, c.relowner, 'member'))
      from pg_roles r where r.rolname = current_user
"""


def connect(url: str, variable: str) -> Connection:
    """An autocommitting connection; `variable` is what the refusal calls the address."""
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as fault:
        reason = str(fault).strip().splitlines()[_LAST_LINE].strip().rstrip(".")
        raise DatabaseUnreachable(variable, reason) from fault


def role_of(url: str) -> str:
    """The role that an address signs in as."""
    return unquote(urlsplit(url).username or "")


def make_roles(cluster: Cluster, identity: Identity) -> None:
    """Both roles and the database, in the embedded PostgreSQL. Again it changes nothing."""
    with connect(
        cluster.url(SUPERUSER, identity.superuser_password, "postgres"), "the data folder"
    ) as connection:
        _make_role(connection, OWNER, identity.owner_password)
        _make_role(connection, APP, identity.app_password)
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("create database {} owner {}").format(_name(DATABASE), _name(OWNER)))


def grant(owner_url: str, app: str) -> None:
    """Lets the application read and write rows of what the owner has made and will make; nothing else."""
    with connect(owner_url, "OFRECORD_OWNER_DATABASE_URL") as connection, connection.transaction():
        if not connection.execute("select 1 from pg_roles where rolname = %s", [app]).fetchone():
            raise NoSuchRole(app)
        for statement in _GRANTS:
            connection.execute(sql.SQL(statement).format(app=_name(app)))


def check_app_role(url: str) -> None:
    """Refuses a role that row-level security would not hold: a superuser, a bypasser, an owner."""
    with connect(url, "DATABASE_URL") as connection:
        row = connection.execute(_MIGHT).fetchone()
        role = connection.info.user
    assert row, "current_user is a role"
    is_superuser, bypasses, owned = row
    if is_superuser:
        raise RoleTooMighty(role, "is a superuser")
    if bypasses:
        raise RoleTooMighty(role, "has BYPASSRLS")
    if owned:
        raise RoleTooMighty(role, f"owns tables ({owned}) or is a member of their owner")


# Rows only: no TRUNCATE, no TRIGGER, no REFERENCES. The list of applied migrations is read to check it, never
# written.
_GRANTS = (
    "grant usage on schema public to {app}",
    "grant select, insert, update, delete on all tables in schema public to {app}",
    "grant usage, select on all sequences in schema public to {app}",
    "alter default privileges in schema public grant select, insert, update, delete on tables to {app}",
    "alter default privileges in schema public grant usage, select on sequences to {app}",
    "revoke insert, update, delete on django_migrations from {app}",
)


def _make_role(connection: Connection, name: str, password: str) -> None:
    if not connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
        limits = "login nosuperuser nobypassrls nocreaterole nocreatedb noinherit"
        statement = sql.SQL("create role {} " + limits + " password {}")
        connection.execute(statement.format(_name(name), sql.Literal(password)))


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)
