"""Why the backend's B2B REST API says nothing although it is configured: it stays closed, or it hangs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.backend_config import parsed
from edge_tasks.checkout.metadata import ODOO
from edge_tasks.openems.configuration import as_flag

if TYPE_CHECKING:
    from edge_tasks.checkout.survey import Survey

LOGIN: Final = "enablePasswordAuthentication"
"""The property by which ``Metadata.Odoo`` checks logins, as it does by default."""

_OTHER_PROVIDER: Final = "keycloak"


def reason_for_silence(survey: Survey) -> str:
    """Why nobody needs to ask it, for people; empty if it may answer."""
    if is_closed(survey):
        return "its port stays closed without a login provider"
    if hangs(survey) and survey.release.is_sure:
        return f"it never answers who is online in OpenEMS {survey.release.version}"
    return ""


def is_closed(survey: Survey) -> bool:
    """From 2026.2 on it opens only where something checks logins; False where the registry is not known."""
    if not survey.release.release.has_two_programs or not survey.metadata:
        return False
    found = survey.metadata[0]
    if any(_OTHER_PROVIDER in str(path).lower() for path in survey.backend_texts):
        return False
    where = survey.told_where("backend", found.file)
    given = parsed(survey.backend_texts[found.file], where).values().get(LOGIN)
    return found.pid != ODOO or not as_flag(given, default=True)


def hangs(survey: Survey) -> bool:
    """Whether ``getEdgesStatus`` and the like never answer in this release, as far as it is known."""
    release = survey.release
    has_odoo = bool(survey.metadata) and survey.metadata[0].pid == ODOO
    return has_odoo and not release.release.answers_get_edges and not release.is_newer_than_known
