"""An HTTP protocol for uvicorn that lets a fault cut the connection."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class CuttableProtocol(HttpToolsProtocol):
    """Gives the application the transport, so that it can drop the connection without an answer."""

    def on_message_begin(self) -> None:
        """Called when a request starts; the scope is new for each."""
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["transport"] = self.transport
