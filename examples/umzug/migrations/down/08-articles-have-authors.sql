ALTER TABLE articles DROP FOREIGN KEY articles_author;
