"""Writes about partners and the people of both houses, one verb or a few close ones a file."""
