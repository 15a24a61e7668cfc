"""How fast the road in is, beside the least that Django could do; docs/performance.md explains."""
