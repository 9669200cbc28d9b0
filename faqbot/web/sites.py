"""The sites of one process: its own at the root, those that files describe below /sites/<site>, opened when somebody asks for one of their pages."""

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import request

from faqbot.errors import FaqbotError, SettingsError
from faqbot.settings import Settings, settings_of_site
from faqbot.site_files import Stamp, is_site, site_file, stamp
from faqbot.web.contact import opening_hours
from faqbot.web.services import Services

#: Where the middleware leaves the services of the site that a request is for, and that they cannot be had. No header of a client can set these.
SERVICES, CLOSED = "faqbot.services", "faqbot.closed"
_PATH = re.compile(r"(?P<api>/v1)?/sites/(?P<site>[^/]+)(?P<rest>/.*)?", re.DOTALL)
_log = logging.getLogger(__name__)


class _Open(NamedTuple):
    """A site that is open, and the state of its file when it was read."""

    stamp: Stamp
    services: Services


class Sites:
    """Services by the name of a site. Usable by several threads.

    What is open stays so until more than `open_sites` others were asked for since. A request that holds the services of a site that was closed meanwhile goes on
    with them. A file that was changed, added or removed counts from the next request on; one that cannot be used leaves the site as it was.

    Args:
        own: of the process's own site, which is always open.
        build: settings of another site → its services, without loading its release.
    """

    def __init__(self, own: Services, build: Callable[[Settings], Services]) -> None:
        self.own = own
        self._build = build
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> Services | None:
        """The services of a site; None where there is none of that name.

        Raises:
            SettingsError: its file cannot be used, and the site is not open.
        """
        if name == self.own.settings.site:
            return self.own
        folder = self.own.settings.sites
        if folder is None or not is_site(name):
            return None
        found = stamp(folder, name)
        with self._lock:
            known = self._open.get(name)
            if found is None:
                self._open.pop(name, None)
                return None
            if known is None or known.stamp != found:
                known = self._open[name] = _Open(found, self._read(name, known))
            self._open.move_to_end(name)
            while len(self._open) > self.own.settings.open_sites:
                self._open.popitem(last=False)
            return known.services

    def opened(self) -> tuple[Services, ...]:
        """Those of all other sites that are open, the one that was asked for last at the end."""
        with self._lock:
            return tuple(known.services for known in self._open.values())

    def names(self) -> tuple[str, ...]:
        """Of all sites that are open, the process's own first."""
        return (self.own.settings.site, *(services.settings.site for services in self.opened()))

    def refresh(self) -> None:
        """Let all open sites serve what was published for them meanwhile."""
        for services in self.opened():
            services.live.refresh()

    def _read(self, name: str, known: _Open | None) -> Services:
        """Services by the file as it is now, with the release that is loaded already; those of before where the file cannot be used."""
        try:
            settings = settings_of_site(self.own.settings, name)
            _check_hours(settings)
            services = self._build(settings)
        except FaqbotError as error:
            if known is None:
                raise
            _log.error("the site goes on as it was: %s", error)
            return known.services
        return replace(services, live=known.services.live, popular=known.services.popular) if known else services


def _check_hours(settings: Settings) -> None:
    try:
        opening_hours(settings)
    except ValueError as error:
        path = site_file(settings.sites, settings.site) if settings.sites else settings.site
        raise SettingsError(f"{path}: open_hours={settings.open_hours!r}: {error}") from error


def site_paths(app: WSGIApplication, sites: Sites) -> WSGIApplication:
    """Let an application that knows one site serve all of them.

    `/sites/<site>/X` and, for the API, `/v1/sites/<site>/X` become X and /v1/X of an application that is mounted at `/sites/<site>`. The path of a site that is
    not there is left as it is, which is found nowhere.
    """

    def dispatch(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        if found is not None:
            _enter(environ, found, sites)
        return app(environ, start_response)

    return dispatch


def _enter(environ: WSGIEnvironment, found: re.Match[str], sites: Sites) -> None:
    try:
        services = sites.get(found["site"])
    except FaqbotError as error:
        _log.error("a site cannot be opened: %s", error)
        environ[CLOSED] = True
        return
    if services is not None:
        environ[SERVICES] = services
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/sites/{found['site']}"
        environ["PATH_INFO"] = f"{found['api'] or ''}{found['rest'] or ''}" or "/"


def current_services(sites: Sites) -> Services:
    """The services of the site that the request at hand is for."""
    services: Services = request.environ.get(SERVICES, sites.own)
    return services
