"""Takes programs, gives them with the folders that they share, made once: what tests of shares share."""

import pytest

from tests.intake.shares.test_pooled import rows, shared


@pytest.fixture(scope="session")
def network(tmp_path_factory):
    """The rows of five programs, and the folders that they shared."""
    frames = rows()
    return frames, shared(frames, tmp_path_factory.mktemp("shares"))
