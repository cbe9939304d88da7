ALTER TABLE articles ADD CONSTRAINT articles_author FOREIGN KEY (author_id) REFERENCES authors (id);
