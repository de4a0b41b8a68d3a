"""Who goes on the negative list, and how one comes off it."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from quotas.errors import AlreadyListed, AlreadyRemoved
from quotas.models import NegativeListing, Reservation
from quotas.rules import Pool


@transaction.atomic
def list_county(
    *,
    county: Organisation,
    reason: str,
    listed_on: date,
    actor: User,
    pool: Pool = Pool.PLAN,
    until: date | None = None,
    wasted: int = 0,
    reservation: Reservation | None = None,
) -> NegativeListing:
    """Put `county` on the list. A listing whose term is over is closed by the new one.

    Raises:
        AlreadyListed: it stands there still.

    Source: S4, annex 3, article 20.
    """
    require(actor, Right.KEEP_NEGATIVE_LIST)
    return enter_listing(
        county=county,
        reason=reason,
        listed_on=listed_on,
        actor=actor,
        pool=pool,
        until=until,
        wasted=wasted,
        reservation=reservation,
    )


@transaction.atomic
def enter_listing(
    *,
    county: Organisation,
    reason: str,
    listed_on: date,
    actor: User | None,
    pool: Pool = Pool.PLAN,
    until: date | None = None,
    wasted: int = 0,
    reservation: Reservation | None = None,
) -> NegativeListing:
    """As `list_county`, for a caller that has checked its own right (the year's close)."""
    NegativeListing.objects.filter(
        county=county, pool=pool.value, removed_on__isnull=True, until__lt=listed_on
    ).update(removed_on=listed_on, removal_reason="期限届满")
    try:
        with transaction.atomic():
            listing = NegativeListing.objects.create(
                county=county,
                pool=pool.value,
                reservation=reservation,
                wasted=wasted,
                reason=reason,
                listed_on=listed_on,
                until=until,
                listed_by=actor,
            )
    except IntegrityError as error:
        raise AlreadyListed(
            f"{county.short_name}已在负面清单内。如情况有变，请先解除再列入。", county=county.code
        ) from error
    record(
        actor=actor,
        verb="quota.listed",
        subject=listing,
        facts={"reason": reason, "until": until, "wasted": wasted},
        scope_path=county.path,
    )
    return listing


@transaction.atomic
def remove_listing(*, listing_id: int, reason: str, on: date, actor: User) -> NegativeListing:
    """Take a county off the list.

    Raises:
        NegativeListing.DoesNotExist: not visible to the actor.
        AlreadyRemoved: it was taken off before.
    """
    require(actor, Right.KEEP_NEGATIVE_LIST)
    listing = (
        NegativeListing.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("county")
        .get(pk=listing_id)
    )
    if listing.removed_on is not None:
        raise AlreadyRemoved(f"已于 {listing.removed_on} 解除，无需再次解除。", removed_on=listing.removed_on)
    listing.removed_on, listing.removed_by, listing.removal_reason = on, actor, reason
    listing.save(update_fields=["removed_on", "removed_by", "removal_reason"])
    record(
        actor=actor,
        verb="quota.unlisted",
        subject=listing,
        facts={"reason": reason},
        scope_path=listing.county.path,
    )
    return listing
