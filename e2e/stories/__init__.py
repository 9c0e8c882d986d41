"""Stories on a real Kubernetes, one a file: what users and operators of OptiPath do, and what must come of it."""
