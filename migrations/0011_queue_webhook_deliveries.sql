CREATE TABLE `tracker_pulls` (
	`hook_id` text NOT NULL,
	`repository` text NOT NULL,
	`number` integer NOT NULL,
	`decision_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`merge_sha` text,
	`created_at_ms` integer NOT NULL,
	PRIMARY KEY(`hook_id`, `repository`, `number`, `decision_id`)
);
--> statement-breakpoint
CREATE INDEX `tracker_pulls_sha` ON `tracker_pulls` (`hook_id`,`merge_sha`);--> statement-breakpoint
CREATE INDEX `tracker_pulls_decision` ON `tracker_pulls` (`decision_id`);--> statement-breakpoint
CREATE INDEX `tracker_pulls_created` ON `tracker_pulls` (`created_at_ms`);--> statement-breakpoint
DROP INDEX `tracker_threads_pull`;--> statement-breakpoint
ALTER TABLE `tracker_threads` DROP COLUMN `pull_number`;--> statement-breakpoint
ALTER TABLE `webhook_deliveries` ADD `work` text;--> statement-breakpoint
ALTER TABLE `webhook_deliveries` ADD `enqueued_at_ms` integer;--> statement-breakpoint
ALTER TABLE `webhook_deliveries` ADD `lease_expires_at_ms` integer;--> statement-breakpoint
ALTER TABLE `webhook_deliveries` ADD `attempts` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `webhook_deliveries` ADD `failure` text;--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_token` ON `webhook_deliveries` (`token`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_open` ON `webhook_deliveries` (`enqueued_at_ms`) WHERE "webhook_deliveries"."work" is not null;--> statement-breakpoint
CREATE INDEX `webhook_days_day` ON `webhook_days` (`day`);--> statement-breakpoint
CREATE INDEX `webhook_runs_created` ON `webhook_runs` (`created_at_ms`);