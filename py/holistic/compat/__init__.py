"""Other libraries' interfaces on top of this tracker."""
