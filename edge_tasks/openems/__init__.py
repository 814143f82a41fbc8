"""Facts about OpenEMS: its configuration files, its components, what a power counts in. No I/O."""
