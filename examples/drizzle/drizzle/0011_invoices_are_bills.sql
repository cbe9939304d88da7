RENAME TABLE `invoices` TO `bills`;--> statement-breakpoint
ALTER TABLE `bills` DROP FOREIGN KEY `invoices_customer_id_customers_id_fk`;
--> statement-breakpoint
DROP INDEX `invoices_total` ON `bills`;--> statement-breakpoint
ALTER TABLE `bills` ADD CONSTRAINT `bills_customer_id_customers_id_fk` FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON DELETE no action ON UPDATE no action;