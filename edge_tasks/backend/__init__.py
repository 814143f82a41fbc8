"""The embedded runtime's two servers: a PostgreSQL and a stand-in for the OpenEMS Backend."""
