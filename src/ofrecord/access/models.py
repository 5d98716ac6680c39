"""People: the one table with names and e-mail addresses, so that a person can be erased."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from ofrecord.kernel.ids import new_id


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(login=username)


class Person(AbstractBaseUser):
    """A human being: somebody who signs in (`login` is set), or a customer's contact (it is not)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    login = models.EmailField(unique=True, null=True)
    email = models.EmailField()
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used; roles say what a person may do."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False
