"""What reading again costs at least: the interpreter and the libraries that storage rests on."""

from __future__ import annotations

import sqlite3
import sys

import alembic.migration
import cryptography.hazmat.primitives.ciphers.aead
import sqlalchemy
import sqlalchemy.dialects.sqlite

USED = (sqlite3, alembic.migration, cryptography, sqlalchemy)

if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
