"""`python -m optipath_router`."""

from optipath_router.main import main

main()
