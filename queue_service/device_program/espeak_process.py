"""Runs libespeak-ng in a process of its own: a fault in the C library ends this process and nothing else.

Started by path with an isolated interpreter; imports nothing but the standard library.
Reads one JSON object a line from standard input (``voice``, ``text``, ``words_per_minute``,
``pitch``, ``word_gap``) and answers each on standard output with ``REPLY_HEAD`` (samples a
second, number of bytes) and that many bytes of 16-bit samples. A rate of 0 says that it
could not be spoken. Ends at the end of its input, so it never outlives the program that started it.
"""

import ctypes
import json
import struct
import sys

REPLY_HEAD = struct.Struct("<II")

# Values from espeak-ng's speak_lib.h, which is its stable interface.
AUDIO_OUTPUT_SYNCHRONOUS = 2
INITIALIZE_DONT_EXIT = 0x8000
POS_CHARACTER = 1
CHARS_UTF8 = 1
RATE, PITCH, WORD_GAP = 1, 3, 7
EE_OK = 0

SynthCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Library:
    """The loaded library and the samples of the text being spoken."""

    def __init__(self, library_path: str, data_path: str) -> None:
        self._lib = ctypes.CDLL(library_path)
        self._samples = bytearray()
        # Kept as an attribute: the library calls it as long as it lives, and Python must not collect it.
        self._callback = SynthCallback(self._take)
        self.rate: int = self._lib.espeak_Initialize(
            AUDIO_OUTPUT_SYNCHRONOUS, 0, data_path.encode(), INITIALIZE_DONT_EXIT
        )
        self._lib.espeak_SetSynthCallback(self._callback)

    def speak(self, order: dict[str, object]) -> bytes | None:
        """The samples; None when there is no such voice or the library refuses."""
        if self._lib.espeak_SetVoiceByName(str(order["voice"]).encode()) != EE_OK:
            return None
        for parameter, key in ((RATE, "words_per_minute"), (PITCH, "pitch"), (WORD_GAP, "word_gap")):
            self._lib.espeak_SetParameter(parameter, order[key], 0)
        self._samples.clear()
        text = str(order["text"]).encode() + b"\0"
        done = self._lib.espeak_Synth(text, len(text), 0, POS_CHARACTER, 0, CHARS_UTF8, None, None)
        return bytes(self._samples) if done == EE_OK else None

    def _take(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: object) -> int:
        if count:
            self._samples += ctypes.string_at(samples, count * ctypes.sizeof(ctypes.c_short))
        return 0


def main() -> None:
    """Answer orders until the input ends."""
    library_path, data_path = sys.argv[1:]
    library = Library(library_path, data_path)
    for line in sys.stdin.buffer:
        samples = library.speak(json.loads(line))
        head = REPLY_HEAD.pack(0, 0) if samples is None else REPLY_HEAD.pack(library.rate, len(samples))
        sys.stdout.buffer.write(head + (samples or b""))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
