"""The stand-in backend: a program of its own."""
