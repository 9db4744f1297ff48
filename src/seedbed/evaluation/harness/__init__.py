"""What runs inside the sandboxes, on the standard library alone: the side of the tests and the side of the solution."""
