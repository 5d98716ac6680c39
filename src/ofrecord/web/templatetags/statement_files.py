"""The files of a statement, as `parts/statement_files.html` offers them."""

from django import template
from django.template import Context
from django.urls import reverse

from ofrecord.documents.types import Form
from ofrecord.flows.hand_out_statement import MOST_LINES
from ofrecord.statements.types import StatementCard
from ofrecord.web import words

register = template.Library()

_TITLES = {Form.PDF: "PDF", Form.XLSX: "Workbook (XLSX)"}


@register.inclusion_tag("parts/statement_files_made.html", takes_context=True)
def statement_files(context: Context, statement: StatementCard) -> dict[str, object]:
    """A button for each file of the statement, and a sentence in place of one that would be too long."""
    side = "desk" if context["reader"].of_vendor else "portal"
    made = [form for form in Form if statement.lines <= MOST_LINES[form]]
    return {
        "files": [(_TITLES[form], reverse(f"{side}:statement-{form}", args=[statement.id])) for form in made],
        "too_long": [
            (_TITLES[form], words.count_text(MOST_LINES[form])) for form in Form if form not in made
        ],
    }
