"""Shows FlexSync's main job really happening, on this machine alone: `python -m demo`."""
