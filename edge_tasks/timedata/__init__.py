"""Where the history of edges lies, and how it is asked. It knows no edge and no fleet."""
