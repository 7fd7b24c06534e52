"""Billing: the plans."""
