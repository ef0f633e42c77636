"""x."""
import sys
from tests.spec.tables import X
def test_x():
    """x."""
    assert X == 1, sys.modules["tests"]
