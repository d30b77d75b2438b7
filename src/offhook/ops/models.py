"""The settings of language models as their providers take them."""

from __future__ import annotations

from offhook.ops.settings import Settings
from offhook.providers.registry import OpenAiOptions


def openai_options(settings: Settings) -> OpenAiOptions:
    key = settings.openai_api_key
    return OpenAiOptions(
        api_key=key.get_secret_value() if key is not None else None,
        base_url=settings.openai_base_url,
        model=settings.openai_model,
    )
