from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.timedata_config import (
    AGGREGATED,
    DUMMY,
    FLUX,
    INFLUX_QL,
    INFLUXDB,
    Provider,
    read_timedata_config,
)
from edge_tasks.errors import SettingsError

FILE = PurePosixPath("Timedata/InfluxDB/0001.config")
TEXT = """\
apiKey="billing:very\\ secret"
bucket="openemsdb/autogen"
isReadOnly=B"false"
org="-"
queryLanguage="INFLUX_QL"
service.factoryPid="Timedata.InfluxDB"
service.pid="Timedata.InfluxDB.0001"
url="http://influxdb:8086"
"""


def read(text: str, file: PurePosixPath = FILE) -> Provider:
    (provider,) = read_timedata_config({file: text}, "f").providers
    return provider


def test_an_influxdb_1_is_read_with_its_login_and_database() -> None:
    provider = read(TEXT)
    assert (provider.pid, provider.file) == (INFLUXDB, FILE)
    assert (provider.scheme, provider.host, provider.port) == ("http", "influxdb", 8086)
    assert provider.login == ("billing", "very secret")
    assert provider.database == "openemsdb"
    assert (provider.measurement, provider.query_language) == ("data", INFLUX_QL)
    assert provider.lines["bucket"] == 2


def test_an_influxdb_2_is_read_with_its_token_organisation_and_bucket() -> None:
    text = 'apiKey="abc\\=\\="\nbucket="meters"\norg="us"\nqueryLanguage="FLUX"\nmeasurement="m"\n'
    provider = read(f'{text}url="https://influx.example"\nservice.pid="Timedata.InfluxDB"\n')
    assert (provider.api_key, provider.bucket, provider.org) == ("abc==", "meters", "us")
    assert (provider.query_language, provider.measurement) == (FLUX, "m")
    assert (provider.scheme, provider.port) == ("https", 443)


def test_what_is_not_given_is_as_openems_has_it() -> None:
    provider = read('service.factoryPid="Timedata.InfluxDB"\n')
    assert (provider.org, provider.measurement, provider.query_language) == ("-", "data", INFLUX_QL)
    assert (provider.url, provider.bucket, provider.login) == ("", "", ("", ""))
    assert not provider.is_read_only


@pytest.mark.parametrize(
    ("given", "is_read_only"), [('B"true"', True), ('"true"', True), ('B"false"', False), ('"false"', False)]
)
def test_read_only_may_also_be_a_text(given: str, *, is_read_only: bool) -> None:
    assert read(f"isReadOnly={given}\n").is_read_only == is_read_only


def test_several_providers_may_store_at_once() -> None:
    files = {
        FILE: TEXT,
        PurePosixPath("Timedata/AggregatedInfluxDB/1.config"): f'service.factoryPid="{AGGREGATED}"\n',
        PurePosixPath("Metadata/Odoo.config"): 'service.pid="Metadata.Odoo"\n',
    }
    config = read_timedata_config(files, "f")
    assert len(config.providers) == 2
    assert config.influxdb is not None
    assert config.influxdb.pid == INFLUXDB
    assert config.aggregated is not None
    assert config.aggregated.pid == AGGREGATED


def test_a_dummy_is_no_influxdb() -> None:
    config = read_timedata_config({PurePosixPath("Timedata/Dummy.config"): f'service.pid="{DUMMY}"\n'}, "f")
    assert [provider.pid for provider in config.providers] == [DUMMY]
    assert config.influxdb is None
    assert config.aggregated is None


def test_a_file_that_names_no_pid_is_called_as_it_lies() -> None:
    assert read("", PurePosixPath("Timedata/Dummy.config")).pid == "Dummy"


def test_no_secret_is_in_its_repr() -> None:
    assert "secret" not in repr(read_timedata_config({FILE: TEXT}, "f"))


def test_a_broken_file_is_named_with_its_line() -> None:
    with pytest.raises(SettingsError, match=r"f/Timedata/InfluxDB/0001\.config:2"):
        read_timedata_config({FILE: 'url="x"\nbucket=\n'}, "f")


@pytest.mark.parametrize("url", ["", "influxdb", "influxdb:8086", "ftp://influxdb:8086", "http://", "http://["])
def test_a_url_that_the_backend_would_refuse_has_no_scheme(url: str) -> None:
    assert Provider(INFLUXDB, FILE, {}, url=url).scheme == ""


@given(st.text(max_size=30) | st.text(max_size=20).map("http://{}".format))
def test_no_url_is_too_odd_to_be_read(url: str) -> None:
    provider = Provider(INFLUXDB, FILE, {}, url=url)
    assert provider.scheme in ("", "http", "https")
    assert 0 <= provider.port < 65536
