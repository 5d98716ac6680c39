"""Writes about orders, one verb or a few close ones a file."""
