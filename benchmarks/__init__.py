"""How fast FlexSync is, measured; docs/performance.md explains each benchmark."""
