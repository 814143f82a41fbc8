"""A user's platform as it is found: its Compose project, its edge template, its backend's configuration."""
