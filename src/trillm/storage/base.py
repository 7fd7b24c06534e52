"""The one metadata that every room's tables belong to."""

from __future__ import annotations

from sqlalchemy import MetaData

# Named constraints can be changed by a migration on both databases; the index names are the specification's style.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "idx_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
