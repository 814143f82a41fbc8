"""The embedded runtime: a real PostgreSQL, a stand-in backend and light edges, as processes of this machine."""
