DELETE FROM articles;
DELETE FROM authors;
