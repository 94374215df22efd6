"""Pictures and videos from files: reading them, jobs, and the processes that do them."""
