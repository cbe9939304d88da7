CREATE UNIQUE INDEX articles_slug ON articles (slug);
