"""备份 in the office: the backups of this till, and what a restored till says at the counter."""
