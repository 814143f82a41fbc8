"""The second program of a backend from OpenEMS 2026.2 on: it has the edges' sockets."""
