"""How the operator stands up to a large cluster: etcd and an API server alone, and the real operator beside them."""
