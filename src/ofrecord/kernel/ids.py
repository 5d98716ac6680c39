"""Identifiers and secrets."""

import hashlib
import os
import secrets
import time
import uuid

SECRET_BYTES = 32


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): ordered by the millisecond of its making, 74 bits of chance after it."""
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (chance >> 68 & 0xFFF) << 64
    return uuid.UUID(int=value | 0b10 << 62 | chance & (1 << 62) - 1)


def new_secret() -> str:
    """A secret for a link or a token: 256 bits of entropy, safe in a URL."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> str:
    """What is stored of a secret: its SHA-256 in hex. The secrets have full entropy, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
