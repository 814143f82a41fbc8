"""Where a backend looks up which devices it knows."""
