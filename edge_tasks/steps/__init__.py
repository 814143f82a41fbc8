"""What ``inv`` does, one module a task. A step looks, plans, and does exactly what it planned."""
