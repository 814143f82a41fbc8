"""Light edges: one process that speaks the protocol of many OpenEMS Edges, each from its own directory.

Only what a backend sees is there: the websocket, the configuration, the channels of simulated devices. No
Felix, no Java, no local UI. ``python -m edge_tasks.light FLEET_FILE`` runs it; :mod:`.host` has the contract.
"""
