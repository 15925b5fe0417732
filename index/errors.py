"""Every error that is somebody's to mend, in one tree.

::

    AssistantError
    ├── ConfigurationError           a setting is unknown or has an impossible value
    ├── ExtractionError              a file cannot be read as a document
    │   ├── UnsupportedFormatError   no reader for this kind of file
    │   ├── EmptyDocumentError       no text in it
    │   ├── EncryptedDocumentError   a password is needed
    │   ├── DamagedDocumentError     truncated, or not what its suffix says
    │   └── OversizedDocumentError   larger than the configured limit
    ├── EmbedderError                the embedder's weights are missing, damaged or not loadable
    ├── CrewError                    the processes or the cluster that read files cannot go on
    ├── IndexFolderError             an index folder cannot be used
    │   ├── IndexMissingError        there is no index there
    │   ├── IndexVersionError        written by a newer or unreadable version
    │   ├── IndexLockedError         another process is writing to it
    │   └── IndexDamagedError        the catalogue breaks an invariant
    ├── SearchServerError            a search server cannot be reached, or lacks what it must have
    ├── UnknownDocumentError         no document or root by that name
    ├── UnknownConversationError     no conversation or turn by that name
    ├── SourceChangedError           a quote no longer slices its source
    ├── ReaderError                  the reader's weights are missing, damaged or not loadable
    ├── CalibrationError             a calibration cannot be read or fitted
    ├── CheckpointError              a training run cannot go on from its checkpoint
    └── TestSetError                 a test set cannot be read

``ValueError`` and ``TypeError`` stay what they are: a programmer's mistake.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class AssistantError(Exception):
    """Base of all errors that are reported to the user in one line.

    The message says what failed, where, and what to do about it.
    """

    code: ClassVar[str] = "failed"


class ConfigurationError(AssistantError):
    """A setting is unknown or has an impossible value."""

    code = "bad_configuration"


class ExtractionError(AssistantError):
    """A file cannot be read as a document; the rest of the folder still can.

    Attributes:
        path: The file.
        reason: What is wrong with it and what to do, without the path.
    """

    code = "not_extracted"

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = Path(path)
        self.reason = reason


class UnsupportedFormatError(ExtractionError):
    """There is no reader for this kind of file."""

    code = "unsupported_format"


class EmptyDocumentError(ExtractionError):
    """The file holds no text."""

    code = "empty_document"


class EncryptedDocumentError(ExtractionError):
    """The file cannot be opened without a password."""

    code = "encrypted_document"


class DamagedDocumentError(ExtractionError):
    """The file is truncated, or is not what its suffix says."""

    code = "damaged_document"


class OversizedDocumentError(ExtractionError):
    """The file is larger than the configured limit."""

    code = "oversized_document"


class EmbedderError(AssistantError):
    """The embedder's weights are missing, damaged or not loadable."""

    code = "embedder_unavailable"


class CrewError(AssistantError):
    """The processes or the cluster that files are read with cannot go on."""

    code = "crew_unavailable"


class IndexFolderError(AssistantError):
    """An index folder cannot be used."""

    code = "index_unusable"


class IndexMissingError(IndexFolderError):
    """There is no index in the folder."""

    code = "index_missing"


class IndexVersionError(IndexFolderError):
    """The index was written by a newer version, or by one that can no longer be read."""

    code = "index_version"


class IndexLockedError(IndexFolderError):
    """Another process is writing to the index."""

    code = "index_locked"


class IndexDamagedError(IndexFolderError):
    """The catalogue breaks an invariant that no cache rebuild can mend."""

    code = "index_damaged"


class SearchServerError(AssistantError):
    """A search server cannot be reached, or lacks what it must have."""

    code = "search_unavailable"


class UnknownDocumentError(AssistantError):
    """No document or root goes by that name."""

    code = "unknown_document"


class UnknownConversationError(AssistantError):
    """No conversation or turn by that name."""

    code = "unknown_conversation"


class SourceChangedError(AssistantError):
    """A quote no longer agrees with what its source ranges slice."""

    code = "source_changed"


class ReaderError(AssistantError):
    """The reader's weights are missing, damaged or not loadable."""

    code = "reader_unusable"


class CalibrationError(AssistantError):
    """A calibration cannot be read or fitted."""

    code = "bad_calibration"


class CheckpointError(AssistantError):
    """A training run cannot go on from its checkpoint."""

    code = "bad_checkpoint"


class TestSetError(AssistantError):
    """A test set cannot be read."""

    __test__ = False  # pytest would take the name for a test class
    code = "bad_test_set"
