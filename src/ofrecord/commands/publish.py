"""`ofrecord program publish`: makes a document the vendor's program."""

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.commands.program import FileArgument, program


def add_to(app: typer.Typer) -> None:
    """Beside check and guide, which need no installation."""
    assert any(group.typer_instance is program for group in app.registered_groups), "program comes first"
    program.command()(publish)


def publish(file: FileArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Publish the document as an immutable version, and its offers and prices with it.

    Exit code 0: published, or published before with the same bytes. 1: refused, with the reason.
    """
    enter(data)
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows import publish_program  # noqa: PLC0415
    from ofrecord.program.queries import version  # noqa: PLC0415

    with entered(OFFICE):
        version_id = publish_program.publish(reader=SERVER, at=now(), document=file.read_bytes())
        published = version(version_id)
    assert published is not None, "it was just published"
    terms = published.terms
    typer.echo(
        f"{terms.title}, version {terms.version}, is published; it is effective from {terms.effective}."
    )
    typer.echo(f"Its hash: {terms.sha256}")
