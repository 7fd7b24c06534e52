"""The words every room shares: plain values, no behaviour beyond their own consistency, no imports."""
