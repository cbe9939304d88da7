ALTER TABLE `customers` RENAME COLUMN `name` TO `full_name`;--> statement-breakpoint
DROP INDEX `customers_name` ON `customers`;--> statement-breakpoint
CREATE INDEX `customers_name` ON `customers` (`full_name`);