"""Odoo's device table: the rows, the table in PostgreSQL, and Odoo's own API."""
