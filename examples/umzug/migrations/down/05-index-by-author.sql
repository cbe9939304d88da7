DROP INDEX authors_name ON authors;
DROP INDEX articles_by_author ON articles;
