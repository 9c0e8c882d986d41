"""What it means: everything that concerns one namespace becomes its snapshot, and problems.

Pure: the same input gives the same bytes, in whatever order it is told.
"""

from optipath_operator.compile.gathered import Gathered
from optipath_operator.compile.namespace import Compiled, compile_namespace

__all__ = ["Compiled", "Gathered", "compile_namespace"]
