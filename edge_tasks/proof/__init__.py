"""What is seen of each edge, and what that means."""
