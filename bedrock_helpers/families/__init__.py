"""The native InvokeModel shapes, one file a family."""
