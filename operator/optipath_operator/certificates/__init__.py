"""The webhooks' certificates: an authority of our own, what it certifies, and how both change without a failed review.

Pure: what is kept, what is trusted and the time are handed in. The cluster is
asked and written by `cluster/`, again and again by `reconcile/certificates.py`.
"""

from optipath_operator.certificates.kept import Kept
from optipath_operator.certificates.rotation import Rest, Step, Trust, Write, next_step

__all__ = ["Kept", "Rest", "Step", "Trust", "Write", "next_step"]
