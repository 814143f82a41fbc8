"""What a billing engine sees of edges that were given a past."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.billing_client import BillingClient, RefusedError
from tests.inv import inv
from tests.waiting import await_that

ENERGY = "meter3/ActiveConsumptionEnergy"
EDGES = ["edge0", "edge1"]


def client_of(platform: Any) -> BillingClient:
    words = (platform.path / ".edge-tasks" / "netrc").read_text().split()
    login = f"{words[words.index('login') + 1]}:{words[words.index('password') + 1]}"
    return BillingClient(f"http://127.0.0.1:{8075 + platform.offset}", login)


def heard(client: BillingClient) -> int | None:
    """What the backend has heard last of a counter."""
    found: int | None = client.values(EDGES, [ENERGY])["edge1"].get(ENERGY)
    return found


def goes_on(client: BillingClient, begin: datetime) -> bool:
    """Whether it has counted since then, to the watt hour of the last second; 15 more are a past's last step."""

    def used() -> float:
        return 500 * (datetime.now(timezone.utc) - begin).total_seconds() / 3600

    least, counted = used() - 1, heard(client)
    return counted is not None and int(least) <= counted <= used() + 15


def test_edges_that_ran_before_get_a_past_and_go_on_from_its_end(platform: Any, terminal: Any) -> None:
    assert platform.inv("setup", "--edges", "2").returncode == 0
    client = client_of(platform)
    midnight = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    begin, yesterday = midnight - timedelta(days=5), midnight - timedelta(days=1)
    made = platform.inv("backfill", "--from", f"{begin:%Y-%m-%d}")
    assert made.returncode == 0, made.stdout
    assert "points of 2 edges in the history at postgresql://" in made.stdout
    days = f"{begin:%Y-%m-%d}", f"{yesterday:%Y-%m-%d}"
    for edge in EDGES:
        assert client.energy(edge, days, [ENERGY]) == {ENERGY: 5 * 12_000 - 250}
        assert client.periods(edge, days, [ENERGY])[1] == {ENERGY: [None, *[12_000] * 4]}
    await_that(lambda: goes_on(client, begin))

    again = platform.inv("backfill", "--from", f"{begin:%Y-%m-%d}")
    assert (again.returncode, "nothing to do: 2 edges with a past" in again.stdout) == (0, True)
    other = platform.inv("backfill", "--from", f"{begin - timedelta(days=1):%Y-%m-%d}")
    assert (other.returncode, "--adopt" in other.stdout) == (2, True)
    remove = ("backfill", "--remove", "--edge", "0")
    asked = terminal(inv(*remove, *platform.options), keys=((r"\[Y/n\]", "n\n"),), CI="")
    assert "[Y/n]" in asked.text
    assert "nothing was removed" in asked.text
    removed = platform.inv(*remove)
    assert (removed.returncode, "removed the past of 1 edge" in removed.stdout) == (0, True)

    later = f"{yesterday:%Y-%m-%d}"
    sent = platform.inv("backfill", "--from", later, "--edge", "0", "--through-backend")
    assert (sent.returncode, "points of 1 edge" in sent.stdout) == (0, True), sent.stdout
    assert client.energy("edge0", (later, later), [ENERGY]) == {ENERGY: 12_000 - 250}

    refused = platform.inv("reset")
    assert (
        refused.returncode,
        f"the pasts of 2 edges, the earliest since {begin:%Y-%m-%d}T" in refused.stdout,
    ) == (2, True), refused.stdout
    reset = platform.inv("reset", "--yes")
    assert (reset.returncode, "2 edges begin anew, points removed" in reset.stdout) == (0, True), reset.stdout
    assert "2 online" in reset.stdout
    await_that(lambda: heard(client) is not None)
    assert (heard(client) or 0) < 100
    with pytest.raises(RefusedError, match="Result is null"):
        client.energy("edge1", days, [ENERGY])
    alone = platform.inv("reset", "--history")
    assert (alone.returncode, "anew" in alone.stdout) == (0, False), alone.stdout
    assert platform.inv("backfill", "--from", later).returncode == 0

    smaller = platform.inv("setup", "--edges", "1")
    assert (smaller.returncode, "past" in smaller.stdout) == (0, False), smaller.stdout
    assert platform.inv("setup", "--edges", "2").returncode == 0
    back = platform.inv("backfill", "--from", later, "--edge", "1")
    assert (back.returncode, "points of 1 edge" in back.stdout) == (0, True), back.stdout
    purged = platform.inv("down", "--purge")
    assert (purged.returncode, "past" in purged.stdout) == (0, False), purged.stdout


def test_what_cannot_be_meant_is_refused_before_anything_is_stopped(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "1").returncode == 0
    for words, said in (
        ((), "--from is missing"),
        (("--from", "2999-01-01"), "is not before"),
        (("--from", "2025-11-01", "--zone", "Mars"), "there is no time zone"),
        (("--from", "2025-11-01", "--every", "x"), "--every is 'x'"),
        (("--from", "2025-11-01", "--edge", "5"), "there is no edge5"),
        (("--from", "2025-11-01", "--incident", "gap"), "--incident 'gap': gap without from"),
        (("--from", "2025-11-01", "--incident", "left edges=5 at=2025-11-02"), "there is no edge5"),
        (("--from", "2025-11-01", "--incident", "left group=a at=2025-11-02"), "there is no group a"),
        (("--from", "2025-11-01", "--every", "1m", "--through-backend"), "only points 15 minutes apart"),
    ):
        refused = platform.inv("backfill", *words)
        assert (refused.returncode, said in refused.stdout) == (2, True), refused.stdout

    wrong = "groups: [{name: a, edges: 0}]\nincidents:\n  - {kind: left, edges: 5, at: 2025-11-02}\n"
    (platform.path / "fleet.yaml").write_text(wrong)
    refused = platform.inv("backfill", "--from", "2025-11-01")
    assert (refused.returncode, "fleet.yaml:3: there is no edge5" in refused.stdout) == (2, True), refused.stdout
