CREATE TABLE `tracker_repositories` (
	`hook_id` text NOT NULL,
	`repository_id` integer NOT NULL,
	`repository` text NOT NULL,
	`updated_at_ms` integer NOT NULL,
	PRIMARY KEY(`hook_id`, `repository_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tracker_repositories_name` ON `tracker_repositories` (`hook_id`,`repository`);--> statement-breakpoint
ALTER TABLE `verdicts` ADD `is_held` integer DEFAULT false NOT NULL;