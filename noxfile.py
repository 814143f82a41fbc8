"""What CI runs and what developers type: ``nox`` runs everything, ``nox -l`` lists the sessions."""

from __future__ import annotations

import nox

nox.options.sessions = ["lint", "types", "unit", "integration", "e2e", "docs", "docker", "swarm"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

nox.needs_version = ">=2024.4.15"


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff with all its rules, and its formatter; ``nox -s fix`` repairs."""
    session.install("ruff>=0.17,<0.18")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def fix(session: nox.Session) -> None:
    """Repair what ruff can repair."""
    session.install("ruff>=0.17,<0.18")
    session.run("ruff", "check", "--fix")
    session.run("ruff", "format")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict, as of the oldest Python we support."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def unit(session: nox.Session) -> None:
    """Tests without processes and sockets; they take a minute or two."""
    _pytest(session, "tests/unit")


@nox.session
def integration(session: nox.Session) -> None:
    """Tests with one real neighbour each: PostgreSQL, Compose, InfluxDB; run ``.ci/influxd`` first."""
    _pytest(session, "tests/integration")


@nox.session
def e2e(session: nox.Session) -> None:
    """Tests of whole fleets, with the commands that users type."""
    _pytest(session, "tests/e2e")


@nox.session
def docker(session: nox.Session) -> None:
    """The same tests on a real Docker Engine; run ``.ci/engine`` and ``tests/e2e/images/build`` first."""
    _pytest(session, "tests/e2e_docker")


@nox.session
def swarm(session: nox.Session) -> None:
    """Tests on a Swarm of three engines, which they start; needs root, and what the session ``docker`` needs."""
    _pytest(session, "tests/e2e_swarm")


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure, as ratios of two sides in one run; ``nox -s bench -- --write`` renews docs/benchmarks.md."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.run", *session.posargs)


@nox.session(default=False)
def bench_light(session: nox.Session) -> None:
    """Measure ten thousand light edges; ``-- soak --edges 1000 --minutes 2`` a part, ``-- --write`` all of it."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.light", *session.posargs)


@nox.session(default=False)
def bench_backfill(session: nox.Session) -> None:
    """Measure the past of light edges, with InfluxDB as ``.ci/influxd`` builds it; ``-- --write`` notes it."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.backfill", *session.posargs)


@nox.session(default=False)
def bench_truth(session: nox.Session) -> None:
    """Measure the truth of 1,000 light edges over twelve months."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.truth", *session.posargs)


@nox.session(default=False)
def bench_engine(session: nox.Session) -> None:
    """Measure the docker runtime on a real engine, as ``.ci/engine`` and ``tests/e2e/images/build`` make it."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.engine", *session.posargs)


@nox.session(default=False)
def bench_page(session: nox.Session) -> None:
    """Measure the page in a real chromium; ``nox -s bench_page -- --write`` renews its part of the docs."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.page", *session.posargs)


@nox.session(default=False)
def bench_attach(session: nox.Session) -> None:
    """Measure 1,000 edges at a backend behind TLS that is cut five times; ``-- --write`` renews its part."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.attach", *session.posargs)


@nox.session(default=False)
def bench_many(session: nox.Session) -> None:
    """Measure what 100,000 edges cost the tool itself; ``-- --write`` renews its part of the docs."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.many", *session.posargs)


@nox.session(default=False)
def bench_reset(session: nox.Session) -> None:
    """Measure a set-up with and without what is kept of the one before; ``-- --platform CHECKOUT`` on Docker."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.reset", *session.posargs)


@nox.session(default=False)
def mutation(session: nox.Session) -> None:
    """Plant faults in pure modules and print those that no test sees; ``-- edge_tasks/plan.py`` one module."""
    session.install("-e", ".[dev]", "mutmut>=3.8,<4")
    session.run("python", "-m", "tests.mutation", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation as a site in build/docs; a broken link is an error."""
    session.install("-e", ".", "sphinx>=8.1,<10", "myst-parser>=4,<6", "furo>=2024.8.6")
    session.run("python", "docs/generate_reference.py")
    session.run("sphinx-build", "-q", "-n", "-W", "--keep-going", "-b", "html", "docs", "build/docs")


@nox.session(default=False)
def screenshots(session: nox.Session) -> None:
    """Take the pictures of the page in docs/images again, from real fleets; needs chromium."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "bench.screenshots")


def _pytest(session: nox.Session, folder: str) -> None:
    session.install("-e", ".[dev]")
    session.run("pytest", *(session.posargs or [folder]))
