"""Training of the routing model, offline: `python -m optipath_cli.training`. Needs the group `train`."""
