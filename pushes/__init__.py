"""Live pushes to sockets: best effort, numbered, and healed by snapshots; knows no domain."""
