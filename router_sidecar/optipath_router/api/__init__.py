"""The surfaces: what callers, probes and Prometheus see."""
