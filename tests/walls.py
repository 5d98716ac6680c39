"""A wall between rooms that import-linter has no contract for: one file of each room belongs to that room."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

Crossing = tuple[str, str]


class OwnRoomContract(Contract):
    """A room's file `part` (models, rules, actions) is imported inside its room only.

    `importing_rooms` may import it from every room; `importing_parts` are files of any room that may, too; the
    `open_rooms` let everybody downstream in.
    """

    part = fields.StringField()
    importing_rooms = fields.SetField(subfield=fields.StringField(), required=False)
    importing_parts = fields.SetField(subfield=fields.StringField(), required=False)
    open_rooms = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        crossings = [
            (importer, imported)
            for imported in sorted(graph.modules)
            if _words(imported)[1:2] == [self.part]
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not self._may(importer, imported)
        ]
        lines = {crossing: _lines(graph, crossing) for crossing in crossings}
        return ContractCheck(kept=not crossings, metadata={"crossings": lines})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for (importer, imported), lines in check.metadata["crossings"].items():
            output.print_error(
                f"{importer} (line {', '.join(map(str, lines))}) imports {imported}", bold=False
            )
        output.new_line()

    def _may(self, importer: str, imported: str) -> bool:
        room, *file = _words(importer)
        own = _words(imported)[0]
        is_open = own in (self.open_rooms or ())
        is_known = room in (self.importing_rooms or ()) or bool(
            set(file[:1]) & set(self.importing_parts or ())
        )
        return room == own or is_open or is_known


def _words(module: str) -> list[str]:
    """The room and what comes below it: `ofrecord.orders.actions.send` is orders, actions, send."""
    return module.split(".")[1:] or [""]


def _lines(graph: ImportGraph, crossing: Crossing) -> list[int]:
    importer, imported = crossing
    return sorted(
        detail["line_number"] for detail in graph.get_import_details(importer=importer, imported=imported)
    )
