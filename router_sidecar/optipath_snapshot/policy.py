"""Where a part of a snapshot comes from."""

from optipath_snapshot.part import Part


class PolicyRef(Part):
    """The RoutingPolicy that something was compiled from."""

    namespace: str
    name: str
    generation: int

    @property
    def full_name(self) -> str:
        """Its name beyond its namespace, whatever its generation."""
        return f"{self.namespace}/{self.name}"

    def __str__(self) -> str:
        return f"{self.full_name}@{self.generation}"
