"""Settlement in columns: named steps, each a small function from tables to one table."""
