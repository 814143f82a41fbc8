"""Nowhere: OpenEMS' ``Metadata.Dummy`` takes every edge that comes."""
