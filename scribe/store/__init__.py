"""The database: encounters, revisions, people, jobs and the audit trail."""
