"""The command line: tasks, options, what is printed."""
