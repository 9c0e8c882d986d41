"""The demo: the main job in under a minute, without a cluster and without a key.

steps.py is the story, stage.py sets it up and clears it away.
"""
