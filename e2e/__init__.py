"""What needs the whole product: the demo, the benchmarks and, with a cluster, the end-to-end suite."""
