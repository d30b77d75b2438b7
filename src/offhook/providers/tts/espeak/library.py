"""The espeak-ng library through ctypes: speech as raw audio, in the calling thread.

Reference: espeak-ng's `speak_lib.h`. Not thread-safe in any way: one instance per process, used from one thread. In
synchronous mode `espeak_Synth` returns when all audio has gone through the callback, in buffers of about 60 ms.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import espeakng_loader

_AUDIO_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_PARAMETER_RATE = 1
_OK = 0
_GO_ON, _STOP = 0, 1

_SYNTH_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class EspeakLibrary:
    """Raises OSError when the library or its data cannot be loaded."""

    def __init__(self) -> None:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        data = espeakng_loader.get_data_path()
        rate_hz = library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data.encode(), _INITIALIZE_DONT_EXIT)
        if rate_hz <= 0:
            raise OSError(f"espeak-ng did not start with its data in {data}; reinstall the package espeakng-loader")
        self.rate_hz: int = rate_hz
        self._library = library
        self._voice = ""
        self._on_audio: Callable[[bytes], bool] = lambda pcm: False
        self._failure: BaseException | None = None
        self._callback = _SYNTH_CALLBACK(self._take)  # kept: the library holds only a bare pointer to it
        library.espeak_SetSynthCallback(self._callback)

    def set_voice(self, name: str) -> bool:
        """Speak with this voice from now on; False when there is no such voice (the former one stays)."""
        if name == self._voice:
            return True
        if self._library.espeak_SetVoiceByName(name.encode()) != _OK:
            return False
        self._voice = name
        return True

    def set_rate(self, words_per_minute: int) -> None:
        self._library.espeak_SetParameter(_PARAMETER_RATE, words_per_minute, 0)

    def speak(self, text: str, on_audio: Callable[[bytes], bool]) -> None:
        """PCM16 mono at `rate_hz` to `on_audio`, until it returns False. Raises what `on_audio` raises."""
        self._on_audio, self._failure = on_audio, None
        encoded = text.encode("utf-8", "ignore")
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _CHARS_UTF8, None, None)
        if self._failure is not None:
            raise self._failure

    def _take(self, samples: int | None, count: int, _events: int | None) -> int:
        if not samples or count <= 0:
            return _GO_ON
        try:
            return _GO_ON if self._on_audio(ctypes.string_at(samples, count * 2)) else _STOP
        except BaseException as error:  # lint: broad-except: ctypes would swallow it; `speak` raises it again
            self._failure = error
            return _STOP
