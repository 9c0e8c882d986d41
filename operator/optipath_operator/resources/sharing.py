"""Who else may route to a provider, said by its owner."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel, Spec
from optipath_operator.resources.selector import NamespaceSelectorSpec


class SharingSpec(Spec):
    """Whose policies may name the provider. Whoever may not is told what is told of one that is not there."""

    cel: ClassVar = (
        Cel(
            "(self.from == 'Selector') == has(self.namespaceSelector)",
            "namespaceSelector goes with from: Selector, and with nothing else",
        ),
    )

    admitted: Annotated[Literal["Same", "Selector", "All"], Field(alias="from")] = "Same"
    """Policies of the provider's own namespace (Same), of those with certain labels too (Selector), or of all.

    The keys are looked up in the Secret of the namespace that calls, never in the owner's.
    """
    namespace_selector: NamespaceSelectorSpec | None = None
    """Which namespaces, of Selector."""

    @model_validator(mode="after")
    def _selector_goes_with_its_word(self) -> Self:
        if (self.admitted == "Selector") != (self.namespace_selector is not None):
            raise PydanticCustomError(
                "sharing",
                "must have a namespaceSelector to be shared from: Selector, and has none"
                if self.namespace_selector is None
                else "must be from: Selector to have a namespaceSelector, and is from: {admitted}",
                {"admitted": self.admitted},
            )
        return self
