"""Measures the injector by itself, as the API server meets it: over TLS, without a cluster."""
