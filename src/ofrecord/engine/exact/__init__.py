"""Whole numbers and days, worked out the same on every engine: each engine defines these functions in its own words."""
