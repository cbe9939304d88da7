-- Custom SQL migration file, put your code below! --
INSERT INTO `customers` (`email`, `name`) VALUES
	('ada@example.com', 'Ada'), ('grace@example.com', 'Grace'), ('edsger@example.com', NULL);
