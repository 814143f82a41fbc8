"""Light edges on many machines: a keeper beside the backend, and tasks that each run a part of the fleet.

The keeper (:mod:`.keeper`, its server :mod:`.keeper_server`) has the fleet file, and keeps what each part has
counted. A task (:mod:`.task`) is a container on any machine. It asks the keeper for its part, runs it with the
light host's own process, and hands over what the edges have counted. So a part that moves to another machine goes
on where it was, and nothing of a fleet lies on those machines. Which task may run a part is decided by leases
(:mod:`.leases`): no edge runs twice.

They speak HTTP on the fleet's own network. Each request has the keeper's token, which is no apikey.
"""
