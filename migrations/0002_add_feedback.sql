CREATE TABLE `community_reports` (
	`tenant_id` text NOT NULL,
	`window_start_ms` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `window_start_ms`)
);
--> statement-breakpoint
CREATE TABLE `community_scores` (
	`tenant_id` text NOT NULL,
	`model_id` text NOT NULL,
	`category` text NOT NULL,
	`weight` real NOT NULL,
	`success_sum` real NOT NULL,
	`predicted_sum` real NOT NULL,
	`ratings` integer NOT NULL,
	`rating_sum` integer NOT NULL,
	`last_instance_sha256` text,
	`updated_at_ms` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `model_id`, `category`)
);
--> statement-breakpoint
CREATE INDEX `community_scores_model` ON `community_scores` (`category`,`model_id`);--> statement-breakpoint
CREATE TABLE `feedback_ratings` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`client_id` text,
	`model_id` text NOT NULL,
	`category` text NOT NULL,
	`rating` integer NOT NULL,
	`y` real NOT NULL,
	`predicted_p` real,
	`tags` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `feedback_ratings_client` ON `feedback_ratings` (`tenant_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `feedback_ratings_newest` ON `feedback_ratings` (`tenant_id`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `spawn_log` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`client_id` text,
	`model_id` text NOT NULL,
	`category` text NOT NULL,
	`budget` text NOT NULL,
	`mode` text NOT NULL,
	`role` text NOT NULL,
	`source` text NOT NULL,
	`tags` text NOT NULL,
	`prompt_micro_usd_per_million` integer,
	`completion_micro_usd_per_million` integer,
	`task_micro_usd` integer,
	`reference_micro_usd` integer,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `spawn_log_client` ON `spawn_log` (`tenant_id`,`client_id`);--> statement-breakpoint
CREATE INDEX `spawn_log_newest` ON `spawn_log` (`tenant_id`,`created_at_ms`);