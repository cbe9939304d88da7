DROP INDEX articles_slug ON articles;
