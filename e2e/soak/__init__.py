"""A long mix of everything that goes wrong, and what it leaves behind: clause C9 and case F10.

OPTIPATH_SOAK_SECONDS=600 python -m e2e.soak
"""
