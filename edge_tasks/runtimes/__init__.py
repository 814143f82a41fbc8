"""Where a fleet runs: the embedded runtime, and later Docker."""
