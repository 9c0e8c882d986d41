"""Where a provider is found, and what it is sent beside the request."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator

from optipath_operator.resources.base import Spec
from optipath_operator.resources.headers import HeaderName, HeaderValue, Without
from optipath_operator.resources.lists import map_by
from optipath_operator.resources.scalars import FileName, ObjectName
from optipath_operator.resources.url import ProviderUrl
from optipath_snapshot import RESERVED_HEADERS

_NOT_RESERVED = Without(RESERVED_HEADERS, "the router sets it, and keys stand in the credentials Secret")


class CaBundleRef(Spec):
    """Certificates to trust instead of the system's, in a ConfigMap of the same namespace."""

    name: ObjectName
    """The ConfigMap's name."""
    key: FileName
    """The key in it that holds certificates in PEM."""


class EndpointHeader(Spec):
    """A header to send with every request."""

    cel: ClassVar = (_NOT_RESERVED.cel(),)

    name: Annotated[HeaderName, AfterValidator(_NOT_RESERVED.check)]
    """Its name. Keys do not belong here: name them in `credentials`."""
    value: HeaderValue
    """Its value."""


class EndpointSpec(Spec):
    """Where the provider is found, and what it is sent beside the request."""

    url: ProviderUrl | None = None
    """Base URL, to which a path such as /chat/completions is added. Well-known types have one by themselves."""
    ca_bundle_ref: CaBundleRef | None = None
    """Certificates to trust instead of the system's."""
    headers: Annotated[tuple[EndpointHeader, ...], map_by("name", at_most=16, any_case=True)] = ()
    """Headers to send with every request, such as an organisation's or a project's id."""
