"""What tests stand on: a real PostgreSQL, the running product, a real browser."""
