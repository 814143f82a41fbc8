"""The fleet: its edges' identities, and what is saved of it."""
