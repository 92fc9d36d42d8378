CREATE TABLE `refresh_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`key_id` text,
	`requested_at_ms` integer NOT NULL,
	`lease_token` text,
	`lease_expires_at_ms` integer,
	`finished_at_ms` integer,
	`refresh_id` text
);
--> statement-breakpoint
CREATE INDEX `refresh_requests_newest` ON `refresh_requests` (`requested_at_ms`);--> statement-breakpoint
ALTER TABLE `catalog_refreshes` ADD `report` text;