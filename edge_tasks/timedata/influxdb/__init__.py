"""InfluxDB as the place that holds the history of edges, as OpenEMS' ``Timedata.InfluxDB`` writes and reads it.

One measurement has all edges. Its tag ``edge`` is the number at the end of the edge's name, so ``bronx-01`` and
``queens-01`` are the same series. A field is a channel, and times are in ms.
"""
