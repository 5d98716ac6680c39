"""The ways the journal says no."""

from dataclasses import dataclass

from ofrecord.kernel.refusal import Kind, Refusal


@dataclass(eq=False)
class KeyReused(Refusal):
    code = "idempotency-key-reused"
    kind = Kind.CONFLICT
    key: str

    def sentence(self) -> str:
        return f"The idempotency key {self.key!r} was used before for another request."

    def remedy(self) -> str:
        return "Send the same request again, or choose a new key."
