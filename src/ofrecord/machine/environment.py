"""What the processes of an installation are told: the environment variables that the settings read."""

from ofrecord.machine.folder import DataFolder, Identity, Running
from ofrecord.machine.postgres import database_url
from ofrecord.machine.roles import APP, DATABASE, OWNER


def application_environment(folder: DataFolder, identity: Identity, running: Running) -> dict[str, str]:
    """For everything but migrating: the owner's password is not in it."""
    return {
        "DATABASE_URL": database_url(running.socket, APP, identity.app_password, DATABASE),
        "OFRECORD_DATA": str(folder.root),
        "OFRECORD_SECRET_KEY": identity.secret_key,
        "OFRECORD_MODE": identity.mode.value,
        "OFRECORD_BASE_URL": running.base_url,
    }


def owner_environment(folder: DataFolder, identity: Identity, running: Running) -> dict[str, str]:
    """For migrating alone."""
    owner = database_url(running.socket, OWNER, identity.owner_password, DATABASE)
    return {**application_environment(folder, identity, running), "OFRECORD_OWNER_DATABASE_URL": owner}
