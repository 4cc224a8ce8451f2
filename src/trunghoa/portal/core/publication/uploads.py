"""Uploads that are hashed as they arrive and kept nowhere."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

LARGEST = 100 * 2**20


class Hashed:
    """What is left of an upload: its name, how long it was, and its hash."""

    def __init__(self, name: str, size: int, sha256: str) -> None:
        self.name, self.size, self.sha256 = name, size, sha256

    @property
    def is_too_large(self) -> bool:
        return self.size > LARGEST


class HashingHandler(FileUploadHandler):
    """Reads an upload piece by piece; nothing of it reaches the disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()
        self.read = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.read += len(raw_data)
        if self.read <= LARGEST:
            self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> Any:
        return Hashed(self.file_name or "", file_size, self.digest.hexdigest())
