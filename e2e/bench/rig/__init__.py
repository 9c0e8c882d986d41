"""What benchmarks on the wire stand on: upstreams, loads, and proxies under test, each on a core of its own."""
