"""Identifiers and secrets."""

import hashlib
import os
import secrets
import time
import uuid

SECRET_BYTES = 32
# Without I, L, O and U, which are misread or make words.
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): ordered by the millisecond of its making, 74 bits of chance after it."""
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (chance >> 68 & 0xFFF) << 64
    return uuid.UUID(int=value | 0b10 << 62 | chance & (1 << 62) - 1)


def new_code(prefix: str) -> str:
    """A short name that people can say and type, such as "O-7KQ2M9XD": 40 bits of chance in Crockford's base 32.

    It tells nothing: names in a row would tell each partner how much the others do. Whoever stores it holds it unique.
    """
    return f"{prefix}-{''.join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))}"


def new_secret() -> str:
    """A secret for a link or a token: 256 bits of entropy, safe in a URL."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> str:
    """What is stored of a secret: its SHA-256 in hex. The secrets have full entropy, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
