"""`python -m optipath_operator.inject`."""

from optipath_operator.inject.main import main

main()
