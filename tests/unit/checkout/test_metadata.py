from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from edge_tasks.checkout.metadata import DUMMY, FILE, KNOWN, ODOO, Metadata, find_metadata


def config(pid: str, more: str = "") -> dict[PurePosixPath, str]:
    path = PurePosixPath(*pid.split(".")).with_suffix(".config")
    return {path: f'{more}service.pid="{pid}"\n'}


@pytest.mark.parametrize("pid", KNOWN)
def test_each_kind_is_found_with_its_file_and_line(pid: str) -> None:
    [found] = find_metadata(config(pid, ':org.apache.felix.configadmin.revision:=L"1"\n'))
    assert (found.pid, found.line) == (pid, 2)
    assert found.file == PurePosixPath("Metadata", f"{pid.partition('.')[2]}.config")


def test_metadata_file_says_where_its_devices_are() -> None:
    files = config(FILE, 'path="/var/opt/openems/metadata.json"\n')
    assert find_metadata(files)[0].devices == "/var/opt/openems/metadata.json"


def test_of_several_odoo_is_the_first() -> None:
    both = {**config(DUMMY), **config(ODOO)}
    assert [one.pid for one in find_metadata(both)] == [ODOO, DUMMY]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Metadata/Odoo.config", 'service.pid="Metadata.File"\n'),
        ("Metadata/Odoo.config", "service.pid=\n"),
        ("metadata/odoo.config", 'service.pid="Metadata.Odoo"\n'),
        ("Timedata/Dummy.config", 'service.pid="Timedata.Dummy"\n'),
    ],
)
def test_what_felix_would_not_load_is_not_found(path: str, text: str) -> None:
    assert find_metadata({PurePosixPath(path): text}) == ()


def test_nothing_secret_is_kept_of_it() -> None:
    text = 'odooPassword="hidden"\npgPassword="hidden"\n'
    assert "hidden" not in repr(find_metadata(config(ODOO, text)))
    assert find_metadata(config(ODOO, text)) == (Metadata(ODOO, PurePosixPath("Metadata/Odoo.config"), 3),)
