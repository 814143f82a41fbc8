"""The processes that run thousands of light edges."""
