CREATE TABLE `customers` (
	`id` int AUTO_INCREMENT NOT NULL,
	`email` varchar(120) NOT NULL,
	`name` varchar(80),
	`fax` varchar(40),
	CONSTRAINT `customers_id` PRIMARY KEY(`id`)
);
