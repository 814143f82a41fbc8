"""Facts about OpenEMS: its configuration files, its components, which counter a power counts in. No I/O."""
