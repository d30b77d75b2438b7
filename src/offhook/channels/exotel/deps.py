"""What the Exotel channel is given by the composition root, beyond what every carrier is."""

from __future__ import annotations

from dataclasses import dataclass, field

from offhook.channels.carrier_deps import CarrierDeps, CarrierSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ExotelSettings(CarrierSettings):
    webhook_user: str | None = None
    webhook_password: str | None = field(default=None, repr=False)
    """EXOTEL_WEBHOOK_USER and _PASSWORD: Basic authentication of the webhooks."""
    allowed_ips: tuple[str, ...] = ()
    """Addresses or networks from which webhooks and streams come; () does not ask."""
    trusted_proxies: tuple[str, ...] = ()
    """Whose X-Forwarded-For is believed when addresses are asked."""
    sample_rate_hz: int = 8000
    """Asked for in the stream's URL; what the stream then says counts."""
    media_extras: bool = False

    @property
    def configured(self) -> bool:
        """Whether anything but loopback trust lets anybody in."""
        return bool(self.webhook_password or self.allowed_ips)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExotelDeps(CarrierDeps):
    settings: ExotelSettings = field(default_factory=ExotelSettings)
