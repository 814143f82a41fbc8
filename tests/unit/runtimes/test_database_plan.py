from __future__ import annotations

from dataclasses import dataclass, field

from edge_tasks.runtimes.docker.database_plan import changes_of, to_prepare
from edge_tasks.runtimes.plans import DatabaseToPrepare


@dataclass
class Platform:
    """Answers, and keeps what it was asked."""

    answers: bool = True
    initialised: bool = True
    lets_in: bool = True
    asked: list[str] = field(default_factory=list)

    def server_answers(self) -> bool:
        self.asked.append("server")
        return self.answers

    def is_initialised(self) -> bool:
        self.asked.append("addon")
        return self.initialised

    def odoo_lets_in(self) -> bool:
        self.asked.append("password")
        return self.lets_in


def planned(platform: Platform, *running: str) -> DatabaseToPrepare:
    return to_prepare("db", "odoo16", running, platform)


def lines(platform: Platform, *running: str) -> tuple[str, ...]:
    return changes_of(planned(platform, *running), "openems", "odoo16")


def test_what_runs_with_the_right_passwords_is_left_alone() -> None:
    assert planned(Platform(), "db", "odoo16") == DatabaseToPrepare()
    assert lines(Platform(), "db", "odoo16") == ()


def test_nothing_is_asked_of_a_server_that_does_not_run() -> None:
    platform = Platform()
    assert lines(platform) == ("start db", "prepare database openems with the openems addon", "start odoo16")
    assert platform.asked == []


def test_a_server_that_does_not_let_us_in_yet_is_waited_for_before_anything_else_is_known() -> None:
    platform = Platform(answers=False)
    found = planned(platform, "db", "odoo16")
    assert (found.start, found.initialise, found.set_passwords) == (("db", "odoo16"), None, None)
    assert platform.asked == ["server"]


def test_an_odoo_that_does_not_run_is_started_and_asked_for_its_password_then() -> None:
    for initialised in (True, False):
        platform = Platform(initialised=initialised)
        found = planned(platform, "db")
        assert (found.start, found.initialise, found.set_passwords) == (("odoo16",), not initialised, None)
        assert "password" not in platform.asked


def test_a_database_without_the_addon_is_initialised_and_has_no_passwords_until_then() -> None:
    platform = Platform(initialised=False)
    found = planned(platform, "db", "odoo16")
    assert (found.start, found.initialise, found.set_passwords) == ((), True, None)
    assert lines(platform, "db", "odoo16") == ("initialise Odoo's database openems with the openems addon",)
    assert "password" not in platform.asked


def test_a_password_that_odoo_does_not_take_is_set() -> None:
    platform = Platform(lets_in=False)
    assert planned(platform, "db", "odoo16") == DatabaseToPrepare(set_passwords=True)
    assert lines(platform, "db", "odoo16") == ("set Odoo's admin passwords to what the backend expects",)
