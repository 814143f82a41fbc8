"""The fleet: who its edges are, and what is saved of it."""
