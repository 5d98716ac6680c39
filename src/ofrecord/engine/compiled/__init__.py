"""A program as tables: its clauses, its periods, and which clauses claim each combination of facts that occurs."""
