"""What tests of several rooms look at."""

import cv2
import pytest

from builder import ROOT


@pytest.fixture(scope="module")
def picture():
    """A signer in RGB, 640 x 480: the right hand is raised, the left one lies at the lower edge."""
    file = ROOT / "tests" / "media" / "signing.jpg"
    return cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
