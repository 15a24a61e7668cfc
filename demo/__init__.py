"""`python -m demo`: FlexSync's main job, really done on this machine, and checked step by step."""
