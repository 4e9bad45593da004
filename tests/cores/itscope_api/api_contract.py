"""ITscope's own contract as a judge of requests."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest


class Contract:
    """Checks requests against the OpenAPI document.

    :param base: address of the simulated server, which the document does not know
    """

    def __init__(self, path: Path, base: str) -> None:
        document: dict[str, Any] = json.loads(path.read_text())
        document["servers"] = [{"url": base}]
        for operations in document["paths"].values():
            for operation in operations.values():
                for parameter in operation.get("parameters", ()):
                    # A default would stand in for what is required and missing; some
                    # are "" where the list of values has no such value.
                    parameter["schema"].pop("default", None)
        config = Config(
            # Such defaults elsewhere keep the document from being valid by the letter.
            spec_validator_cls=None,
            # An openTRANS document: the contract says no more than that it is one.
            extra_media_type_deserializers={"application/xml": lambda body, **_: {}},
        )
        self._api = OpenAPI.from_dict(document, config=config)

    def check(self, request: requests.PreparedRequest) -> None:
        """Raise openapi-core's error where the request breaks the contract."""
        checked = request.copy()
        if isinstance(checked.body, io.BytesIO):
            checked.body = checked.body.getvalue()
        self._api.validate_request(RequestsOpenAPIRequest(checked))
