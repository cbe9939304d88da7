CREATE TABLE `invoices` (
	`id` int AUTO_INCREMENT NOT NULL,
	`customer_id` int NOT NULL,
	`total` int NOT NULL DEFAULT 0,
	CONSTRAINT `invoices_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE INDEX `invoices_total` ON `invoices` (`total`);