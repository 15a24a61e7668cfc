"""An HTTP protocol for uvicorn that lets a fault cut the connection."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class CuttableProtocol(HttpToolsProtocol):
    """Gives the application the transport, so that it can drop the connection without a response."""

    def on_message_begin(self) -> None:
        """Add the transport to the scope, which is new for each request."""
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["transport"] = self.transport
