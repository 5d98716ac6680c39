"""What stands in a file that is handed out, as text: in PDFs and in workbooks too."""

import io
import zipfile

from pypdf import PdfReader


def words_of(content: bytes) -> str:
    """The text of an answer, whatever it is written in."""
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(parts.read(name).decode() for name in parts.namelist())
    return content.decode()
