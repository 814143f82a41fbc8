"""The docker runtime: the platform's own services, and a container for each edge."""
