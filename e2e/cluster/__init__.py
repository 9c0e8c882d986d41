"""A real one-node Kubernetes for the tests, compiled from its published Go modules and run in namespaces of its own."""
