"""What the tracker and the page's MicroPython both read: it imports nothing else of ours."""
