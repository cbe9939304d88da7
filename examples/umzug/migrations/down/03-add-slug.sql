ALTER TABLE articles DROP COLUMN slug, DROP COLUMN published_at;
