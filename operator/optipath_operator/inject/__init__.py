"""A pod of an opted-in namespace becomes a pod with a router: the injector, an admission webhook of its own."""
