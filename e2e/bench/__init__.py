"""Benchmarks: what the README states, measured. `make bench` runs them all; a file measures one thing."""
