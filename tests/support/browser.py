"""The system's Chromium, kept from talking to anybody but the site under test."""

import os
import shutil

_QUIET = (
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium_launch_arguments() -> dict[str, object]:
    """How to launch it; a machine without Chromium fails the test, it does not skip it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "there is no Chromium on this machine; bin/test installs it (apt-get install chromium)"
    # Chromium's own sandbox refuses to be started by root.
    arguments = [*_QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*_QUIET]
    return {"executable_path": path, "args": arguments}
