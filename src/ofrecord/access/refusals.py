"""The ways access says no."""

from dataclasses import dataclass

from ofrecord.access.types import MAY, Permission
from ofrecord.kernel.refusal import Kind, Refusal


@dataclass(eq=False)
class NotPermitted(Refusal):
    code = "not-permitted"
    kind = Kind.FORBIDDEN
    permission: Permission
    role: str

    def sentence(self) -> str:
        who = f"The role {self.role}" if self.role else "This token"
        return f"{who} may not {MAY[self.permission]}."

    def remedy(self) -> str:
        if not self.role:
            return "Make a token that includes it, if your own role does."
        return "Ask an owner of your organization or the channel chief for a role that does."


@dataclass(eq=False)
class AddressTaken(Refusal):
    code = "address-taken"
    kind = Kind.CONFLICT
    email: str

    def sentence(self) -> str:
        return f"{self.email} already signs in here."

    def remedy(self) -> str:
        return "A person has one place here: another address is needed, or the person signs in with this one."


@dataclass(eq=False)
class NotFound(Refusal):
    """Also the answer to what exists but may not be seen: the two must not be told apart."""

    code = "not-found"
    kind = Kind.NOT_FOUND
    what: str

    def sentence(self) -> str:
        return f"There is no such {self.what}, or it is not yours to see."
