from pathlib import Path

import pytest
from django.conf import LazySettings

from minsheng.foundation.sealing.keyring import Keyring, create_keyring, read_keyring


@pytest.fixture(autouse=True)
def keys(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """This fixture will point the installation at a key file of its own."""
    path = Path(tmp_path_factory.getbasetemp()) / "keys.json"
    settings.SEALING_KEY_FILE = path
    return read_keyring(path) if path.exists() else create_keyring(path)
