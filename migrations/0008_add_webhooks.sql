CREATE TABLE `tracker_threads` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`hook_id` text NOT NULL,
	`repository` text NOT NULL,
	`number` integer NOT NULL,
	`decision_id` text,
	`run_id` text,
	`pull_number` integer,
	`wanted_labels` text DEFAULT '[]' NOT NULL,
	`applied_labels` text DEFAULT '[]' NOT NULL,
	`wanted_comment` text,
	`comment_id` integer,
	`wanted_version` integer DEFAULT 0 NOT NULL,
	`applied_version` integer DEFAULT 0 NOT NULL,
	`shown_run_state` text,
	`failure` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`enqueued_at_ms` integer NOT NULL,
	`not_before_ms` integer DEFAULT 0 NOT NULL,
	`lease_token` text,
	`lease_expires_at_ms` integer,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tracker_threads_issue` ON `tracker_threads` (`hook_id`,`repository`,`number`);--> statement-breakpoint
CREATE INDEX `tracker_threads_pull` ON `tracker_threads` (`hook_id`,`repository`,`pull_number`);--> statement-breakpoint
CREATE INDEX `tracker_threads_run` ON `tracker_threads` (`run_id`);--> statement-breakpoint
CREATE TABLE `webhook_days` (
	`hook_id` text NOT NULL,
	`repository` text NOT NULL,
	`day` text NOT NULL,
	`runs` integer NOT NULL,
	`runs_cap` integer NOT NULL,
	`micro_usd` integer NOT NULL,
	`micro_usd_cap` integer NOT NULL,
	PRIMARY KEY(`hook_id`, `repository`, `day`),
	CONSTRAINT "webhook_days_cap" CHECK("webhook_days"."runs" <= "webhook_days"."runs_cap" and "webhook_days"."micro_usd" <= "webhook_days"."micro_usd_cap")
);
--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`hook_id` text NOT NULL,
	`delivery_id` text NOT NULL,
	`body_sha256` text NOT NULL,
	`token` text NOT NULL,
	`is_done` integer NOT NULL,
	`received_at_ms` integer NOT NULL,
	PRIMARY KEY(`hook_id`, `delivery_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_body` ON `webhook_deliveries` (`hook_id`,`body_sha256`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_received` ON `webhook_deliveries` (`received_at_ms`);--> statement-breakpoint
CREATE TABLE `webhook_hooks` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`kind` text NOT NULL,
	`settings` text NOT NULL,
	`sealed` text NOT NULL,
	`shown` text NOT NULL,
	`saved_by` text NOT NULL,
	`saved_at_ms` integer NOT NULL,
	`installation_token` text,
	`token_expires_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_hooks_kind` ON `webhook_hooks` (`tenant_id`,`kind`);--> statement-breakpoint
CREATE TABLE `webhook_runs` (
	`decision_id` text PRIMARY KEY NOT NULL,
	`hook_id` text NOT NULL,
	`token` text NOT NULL,
	`asked_by` text NOT NULL,
	`created_at_ms` integer NOT NULL
);
