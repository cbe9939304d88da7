ALTER TABLE `customers` ADD CONSTRAINT `customers_email` UNIQUE(`email`);--> statement-breakpoint
CREATE INDEX `customers_name` ON `customers` (`name`);--> statement-breakpoint
ALTER TABLE `customers` DROP COLUMN `fax`;