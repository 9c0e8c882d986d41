"""The only place that speaks Kubernetes. What it raises is ours."""
