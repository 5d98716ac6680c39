"""The ways the command itself says no."""

from dataclasses import dataclass

from ofrecord.kernel.refusal import Kind, Refusal


@dataclass(eq=False)
class NotBegun(Refusal):
    code = "not-begun"
    kind = Kind.CONFLICT

    def sentence(self) -> str:
        return "This installation has no clock yet."

    def remedy(self) -> str:
        return "Run `ofrecord migrate` with the owner's OFRECORD_OWNER_DATABASE_URL first."
