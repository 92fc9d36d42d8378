CREATE TABLE `governance_events` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`source` text NOT NULL,
	`at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	`governance_version` text NOT NULL,
	`agent` text,
	`role` text NOT NULL,
	`tier` text,
	`effective_tier` text,
	`mode` text NOT NULL,
	`model_asked` text NOT NULL,
	`model_used` text,
	`attempt` integer,
	`capped` integer NOT NULL,
	`waiting_approval` integer NOT NULL,
	`hint` text NOT NULL,
	`hint_honoured` integer,
	`decision_id` text,
	`run_id` text,
	`step_id` text,
	`outcome` text,
	`cost_micro_usd` integer
);
--> statement-breakpoint
CREATE INDEX `governance_events_export` ON `governance_events` (`tenant_id`,`updated_at_ms`,`id`);--> statement-breakpoint
CREATE INDEX `governance_events_newest` ON `governance_events` (`tenant_id`,`at_ms`);--> statement-breakpoint
CREATE INDEX `governance_events_decision` ON `governance_events` (`decision_id`);--> statement-breakpoint
CREATE INDEX `governance_events_step` ON `governance_events` (`run_id`,`step_id`);--> statement-breakpoint
CREATE INDEX `governance_events_old` ON `governance_events` (`at_ms`);--> statement-breakpoint
CREATE TABLE `governance_files` (
	`tenant_id` text NOT NULL,
	`version` integer NOT NULL,
	`body` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `version`)
);
--> statement-breakpoint
ALTER TABLE `runs` ADD `approved_at_ms` integer;