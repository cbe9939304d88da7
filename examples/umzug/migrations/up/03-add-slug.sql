ALTER TABLE articles ADD COLUMN slug VARCHAR(80) NULL, ADD COLUMN published_at DATETIME NULL;
-- The values of a new column, in the same file: it is committed by itself, as each statement is.
UPDATE articles SET slug = CONCAT('article-', id);
