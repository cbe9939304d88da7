INSERT INTO authors (id, email, name) VALUES (1, 'ada@example.com', 'Ada'), (2, 'bob@example.com', 'Bob');
INSERT INTO articles (author_id, title) VALUES (1, 'On engines; and notes'), (2, 'It''s "quoted"');
