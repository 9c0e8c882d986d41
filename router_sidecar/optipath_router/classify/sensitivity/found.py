"""What was found: its name and its place, never its text."""

from enum import StrEnum
from typing import Final

import msgspec

from optipath_router.chat.features import Sensitivity


class What(StrEnum):
    """What a find is; where two share characters, the earlier of this list stands."""

    PRIVATE_KEY = "PrivateKey"
    CONNECTION_STRING = "ConnectionString"
    AWS_KEY = "AwsKey"
    ANTHROPIC_KEY = "AnthropicKey"
    OPENAI_KEY = "OpenAIKey"
    GITHUB_TOKEN = "GitHubToken"  # noqa: S105  a name, and none
    GITLAB_TOKEN = "GitLabToken"  # noqa: S105  as above
    GOOGLE_KEY = "GoogleKey"
    SLACK_TOKEN = "SlackToken"  # noqa: S105  as above
    STRIPE_KEY = "StripeKey"
    HUGGING_FACE_TOKEN = "HuggingFaceToken"  # noqa: S105  as above
    NPM_TOKEN = "NpmToken"  # noqa: S105  as above
    SENDGRID_KEY = "SendGridKey"
    JWT = "Jwt"
    PASSWORD_ASSIGNMENT = "PasswordAssignment"  # noqa: S105  as above
    HIGH_ENTROPY_ASSIGNED = "HighEntropyAssigned"
    CARD = "Card"
    IBAN = "Iban"
    US_SSN = "UsSsn"
    NATIONAL_ID = "NationalId"
    DATE_OF_BIRTH = "DateOfBirth"
    PASSPORT = "Passport"
    EMAIL = "Email"
    IP_ADDRESS = "IpAddress"
    POSTAL_ADDRESS = "PostalAddress"
    PHONE = "Phone"
    PERSON_NAME_WITH_DATA = "PersonNameWithData"

    @property
    def kind(self) -> Sensitivity:
        """Whether it is of a person or opens a door."""
        return Sensitivity.SECRET if self in _SECRETS else Sensitivity.PII

    @property
    def rank(self) -> int:
        """Its place among those that may claim the same characters; the least one stands."""
        return _RANKS[self]


_RANKS: Final = {what: rank for rank, what in enumerate(What)}
_SECRETS: Final = frozenset(what for what in What if _RANKS[what] <= _RANKS[What.HIGH_ENTROPY_ASSIGNED])


class Found(msgspec.Struct, frozen=True):
    """One find, in the characters of the text that was searched."""

    what: What
    start: int
    end: int
    country: str | None = None
    """ISO 3166 of whoever gives out such numbers; None where it says nothing, or is not known."""

    @property
    def kind(self) -> Sensitivity:
        """Whether it is of a person or opens a door."""
        return self.what.kind
