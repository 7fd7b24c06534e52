"""Limits: may this caller ask now?"""
