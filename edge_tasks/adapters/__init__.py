"""The rim: files, processes, ports, PostgreSQL and the backend's API."""
