"""Names of files as they are kept: no folder, no hidden character, nothing a system reserves."""

import re
import unicodedata

from trunghoa.quantities import N_

from .refusal import refuse

MAX_BYTES = 200
# These turn the reading direction, so that "gpj.exe" is shown as "exe.jpg".
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
FORBIDDEN = re.compile(r'[<>:"|?*\\/;%]')
RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$|\s)")
# Control, format, surrogate, private and unassigned characters.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(name: str) -> str:
    """The name without folders, hidden characters and reserved words, at most 200 bytes long.

    Raises
    ------
    InputError
        when characters turn the reading direction, or nothing is left.
    """
    if TURNING.search(name):
        raise refuse(
            N_("The name of the file contains characters that turn the reading direction."),
            N_("Such names hide what a file is. Rename it with letters and digits and hand it in again."),
        )
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(c for c in last if c in "\t\n\r" or unicodedata.category(c) not in UNSEEN)
    text = FORBIDDEN.sub("_", unicodedata.normalize("NFC", " ".join(seen.split())))
    text = text.strip(" .")
    if not text:
        raise refuse(
            N_("The file has no name."), N_("Give it a name with its extension and hand it in again.")
        )
    if RESERVED.match(text):
        text = f"_{text}"
    return _shortened(text)


def suffix(name: str) -> str:
    """The extension in small letters, with its dot."""
    stem, dot, last = name.rpartition(".")
    return f".{last.casefold()}" if dot and stem else ""


def _shortened(text: str) -> str:
    if len(text.encode()) <= MAX_BYTES:
        return text
    ending = text[len(text) - len(suffix(text)) :] if 0 < len(suffix(text).encode()) <= 12 else ""
    stem = text.removesuffix(ending).encode()[: MAX_BYTES - len(ending.encode())].decode(errors="ignore")
    return f"{stem.rstrip(' .')}{ending}"
