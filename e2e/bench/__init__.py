"""Benchmarks: what the README states, measured. `make bench` runs them all; a file measures one thing.

Those on the wire stand on `rig/`: the router and, as the yardstick, Debian's
nginx, each on a core that it has for itself, before the same providers.
"""
