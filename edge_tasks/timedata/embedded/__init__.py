"""The history of the embedded runtime: rows of an edge and a day in the PostgreSQL that is there."""
