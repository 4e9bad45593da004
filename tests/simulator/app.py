"""The web server: limits, access, faults, then the route."""

from __future__ import annotations

import base64
import re
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from . import answers, faults, routes_business, routes_control, routes_products
from .limits import SLOW_AGENTS
from .state import Account, State

VIEW = r"(?P<view>\w+)\.(?P<kind>\w+)"
METADATA = r"(?P<path>company/(?:distributor|manufacturer)/(?:company|eservices)|products/producttypes/producttype)\.(?P<kind>json|xml)"
KIND = r"(?P<kind>json|xml)"


class App:
    """A WSGI application around a :class:`State`."""

    def __init__(self, state: State) -> None:
        self.state = state

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith("/_control/"):
            with self.state.lock:
                response = routes_control.handle(
                    self.state, request, request.path[len("/_control/") :]
                )
            return response(environ, start_response)
        fault = self.state.faults.take(request.method, request.path)
        if fault and fault.kind == "drop_before":
            self._log(request, None)
            return self._drop(environ)
        if fault and fault.kind == "late":
            time.sleep(fault.seconds)
        if fault and fault.kind == "status":
            response = Response(
                base64.b64decode(fault.content) or fault.body,
                fault.status,
                fault.headers,
                content_type=fault.content_type,
            )
        else:
            response = self._answer(request)
        self._log(request, response.status_code)
        if fault:
            if fault.kind in ("drop_after", "cut"):
                return self._drop(
                    environ, response.get_data() if fault.kind == "cut" else b""
                )
            response = self._damage(fault, response)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        state = self.state
        image = re.fullmatch(r"/2\.[01]/images/(\w+\.png)", request.path)
        if image:
            return routes_products.image(state, request, image.group(1))
        agent = request.headers.get("User-Agent", "")
        with state.lock:
            refused = state.limits.refuse(agent)
        if refused:
            return Response(refused, 503, content_type="text/plain; charset=utf-8")
        if any(word in agent.lower() for word in SLOW_AGENTS):
            time.sleep(state.limits.delay)
        path = re.fullmatch(r"/(2\.[01])/(.*)", request.path, re.DOTALL)
        if not path:
            return answers.missing()
        version, rest = path.groups()
        public = re.fullmatch(r"t/([\w-]+)", rest)
        if public:
            return routes_products.export(state, request, public.group(1), version)
        sheet = re.fullmatch(r"products/datasheet/id/(\d+)/datasheet\.(html|pdf)", rest)
        if sheet:
            # Linked in product data, and open without login.
            return routes_products.datasheet(state, *sheet.groups())
        auth = request.authorization
        account = (
            state.accounts.get(auth.username or "")
            if auth and auth.type == "basic"
            else None
        )
        if account is None or auth is None or account.key != auth.password:
            return answers.message(401, "Benutzer oder API-Key ungültig")
        if rest == "info/quota" and request.method == "GET":
            return routes_products.quota(account)
        if not account.api:
            return answers.message(
                403,
                "Das Kontingent ist aufgebraucht. Bitte wenden Sie sich an den ITscope Support.",
            )
        with state.lock:
            return self._route(request, account, version, rest)

    def _route(
        self, request: Request, account: Account, version: str, rest: str
    ) -> Response:
        state = self.state
        base = f"{request.host_url.rstrip('/')}/{version}"
        routes: list[tuple[str, str, Callable[..., Response]]] = [
            (
                "GET",
                METADATA,
                lambda path, kind: routes_products.metadata(state, account, path, kind),
            ),
            (
                "GET",
                r"products/exports/(?P<uuid>[\w-]+)",
                lambda uuid: routes_products.export(state, request, uuid, version),
            ),
            (
                "GET",
                rf"products/(?P<how>id|ids|ean|search)/(?P<what>.+)/{VIEW}",
                lambda how, what, view, kind: routes_products.products(
                    state, request, account, version, how, what, view, kind
                ),
            ),
            (
                "POST",
                r"business/deals/(?:purchase/)?send(?:/\d+)?",
                lambda: routes_business.send(state, request, account, base),
            ),
            (
                "POST",
                r"business/documents/validateschema",
                lambda: routes_business.validate(state, request, True),
            ),
            (
                "POST",
                r"business/documents/validate",
                lambda: routes_business.validate(state, request, False),
            ),
            (
                "GET",
                rf"business/deals/purchase/search/(?P<text>.+)/deal\.{KIND}",
                lambda text, kind: routes_business.deals(
                    state, request, account, base, text, kind
                ),
            ),
            (
                "GET",
                rf"business/deals/purchase/deal\.{KIND}",
                lambda kind: routes_business.deals(
                    state, request, account, base, "", kind
                ),
            ),
            (
                "PUT",
                r"business/deals/archive/(?P<number>[^/]+)",
                lambda number: routes_business.archive(state, account, number),
            ),
            (
                "GET",
                rf"business/deals/(?P<number>[^/]+)/deal\.{KIND}",
                lambda number, kind: routes_business.deal(
                    state, account, base, number, kind
                ),
            ),
            (
                "GET",
                r"business/documents/(?P<number>[^/]+)/(?P<kind>[A-Z]+)\.(?P<form>xml|pdf)",
                lambda number, kind, form: routes_business.document(
                    state, account, number, kind, form
                ),
            ),
            (
                "GET",
                r"business/documents/(?P<number>[^/]+)\.xml",
                lambda number: routes_business.documents(state, account, number),
            ),
            (
                "GET",
                rf"business/quotes/search/(?P<text>.+)/quote\.{KIND}",
                lambda text, kind: routes_business.quotes(
                    state, request, account, base, text, kind
                ),
            ),
            (
                "GET",
                rf"business/quotes/quote\.{KIND}",
                lambda kind: routes_business.quotes(
                    state, request, account, base, "", kind
                ),
            ),
            (
                "GET",
                r"business/quotes/(?P<number>[^/]+)/quote\.(?P<kind>json|xml|pdf)",
                lambda number, kind: routes_business.quote(
                    state, account, base, number, kind
                ),
            ),
        ]
        for method, pattern, handler in routes:
            match = re.fullmatch(pattern, rest, re.DOTALL)
            if match and method == request.method:
                return handler(**match.groupdict())
        return answers.missing()

    def _log(self, request: Request, status: int | None) -> None:
        query = request.query_string.decode("latin-1")
        raw = request.environ.get("REQUEST_URI") or request.path
        self.state.requests.append(
            {
                "method": request.method,
                "path": request.path,
                "url": str(raw),
                "query": query,
                "agent": request.headers.get("User-Agent", ""),
                "account": (
                    request.authorization.username if request.authorization else None
                ),
                "status": status,
                "time": self.state.clock.now().isoformat(),
            }
        )

    @staticmethod
    def _drop(environ: dict[str, Any], start: bytes = b"") -> Iterable[bytes]:
        """Close the connection: without a word, or in the middle of the answer."""
        connection: socket.socket = environ["werkzeug.socket"]
        if start:
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                % len(start)
            )
            connection.sendall(start[: len(start) // 2])
        connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError

    @staticmethod
    def _damage(fault: faults.Fault, response: Response) -> Response:
        body = response.get_data()
        if fault.kind == "truncate":
            response.set_data(body[: len(body) // 2])
        elif fault.kind == "html":
            return Response(
                faults.HTML,
                fault.status if fault.status != 500 else 200,
                content_type="text/html; charset=utf-8",
            )
        elif fault.kind == "latin1":
            response.set_data(body.decode().encode("latin-1", "replace"))
        elif fault.kind == "redirect":
            return Response(b"", 302, {"Location": fault.body or "http://127.0.0.2:9/"})
        elif fault.kind == "garbage":
            response.set_data(b"\x00\xff\xfe garbage \x80")
        return response
