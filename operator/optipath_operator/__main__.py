"""`python -m optipath_operator`."""

from optipath_operator.main import main

main()
