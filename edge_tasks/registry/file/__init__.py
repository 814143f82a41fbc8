"""In the JSON file of OpenEMS' ``Metadata.File``."""
