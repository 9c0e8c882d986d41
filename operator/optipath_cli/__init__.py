"""The workbench: the whole product on one machine, without a cluster."""
