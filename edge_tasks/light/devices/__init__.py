"""What a light edge consists of, and what it does: arithmetic over time. No I/O."""
