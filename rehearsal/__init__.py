"""A local stand-in for the services Greenroom talks to, reached only over HTTP and WebSocket."""
