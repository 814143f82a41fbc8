"""Light edges: one process that speaks the protocol of many OpenEMS Edges, each from its own directory.

They have what a backend sees: the websocket, the configuration, the channels of simulated devices. They have no
Felix, no Java and no UI of their own. ``python -m edge_tasks.light FLEET_FILE`` runs them; :mod:`.host` describes
the file.
"""
