"""What a light edge says to its backend, and what it answers."""
