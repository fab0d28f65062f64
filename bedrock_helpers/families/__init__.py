"""The native InvokeModel shapes, one file a family: build, read, validate."""
