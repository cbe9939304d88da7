CREATE INDEX articles_by_author ON articles (author_id, published_at DESC);
CREATE INDEX authors_name ON authors (name(20));
