"""Writes of settlement: runs and their progress, and the closing of a month."""
