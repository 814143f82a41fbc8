"""The faults of a machine or a platform that a finding can name; docs/reference/faults.md has a row for each."""

from __future__ import annotations

from enum import Enum


class PlatformFault(Enum):
    """What can be wrong; the value is its name in the JSON document and in the catalogue of faults."""

    BACKEND_WIRING = "backend-wiring"
    BACKEND_WITHOUT_PASSWORD = "backend-without-password"  # noqa: S105 - a name
    BACKEND_CONFIG_PLACE = "backend-config-place"
    BACKEND_EDGE_MISSING = "backend-edge-missing"
    MANAGER_WIRING = "manager-wiring"
    FILE_CLOSED = "file-closed"
    DUMMY_FULL = "dummy-full"
    LOGIN_PROVIDER = "login-provider"
    GET_EDGES_HANGS = "get-edges-hangs"
    JAVA_TOO_OLD = "java-too-old"
    JAVA_TOO_NEW = "java-too-new"
    RELEASE_NEWER = "release-newer"
    METADATA_TWICE = "metadata-twice"
    METADATA_WITHOUT_FILE = "metadata-without-file"
    METADATA_UNREADABLE = "metadata-unreadable"
    BACKEND_WITHOUT_REST = "backend-without-rest"
    ODOO_WIRING = "odoo-wiring"
    ADDON_MISSING = "addon-missing"
    EDGE_MOUNT_WRITABLE = "edge-mount-writable"
    EDGE_HEAP = "edge-heap"
    EDGE_HOST_NETWORK = "edge-host-network"
    EDGE_WITHOUT_NETWORK = "edge-without-network"
    EDGE_LEFT_OUT = "edge-left-out"
    EDGE_CONFIG_PLACE = "edge-config-place"
    EDGES_FOREIGN = "edges-foreign"
    OVERRIDE_FOREIGN = "override-foreign"
    PORT_TWICE = "port-twice"
    PORT_TAKEN = "port-taken"
    PORT_OF_FLEET = "port-of-fleet"
    MEMORY = "memory"
    DISK = "disk"
    OPEN_FILES = "open-files"
    HISTORY_NOT_STORED = "history-not-stored"
    HISTORY_WIRING = "history-wiring"
    HISTORY_REFUSED = "history-refused"
    HISTORY_VOLUME = "history-volume"
