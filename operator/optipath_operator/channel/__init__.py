"""The status channel: what routers say of themselves.

It is a tenant's word. It is shown, and nothing is decided by it.
"""
