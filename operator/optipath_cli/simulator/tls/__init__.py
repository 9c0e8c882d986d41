"""TLS for the simulator: good certificates and others, made in plain Python when they are needed.

A file of them would expire, and no library that OptiPath runs on makes any.
"""

from optipath_cli.simulator.tls.certificates import Certificate, served

__all__ = ["Certificate", "served"]
