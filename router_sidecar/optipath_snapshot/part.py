"""What every part of a snapshot has in common."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A value in a snapshot.

    Fields that this release does not know are passed over, so that an older
    router reads what a newer operator writes. What it does know must be right.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
