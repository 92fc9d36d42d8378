CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`last_four` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`revoked_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE INDEX `api_keys_tenant` ON `api_keys` (`tenant_id`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `approvals` (
	`id` text PRIMARY KEY NOT NULL,
	`decision_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`approved_by` text NOT NULL,
	`note` text,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `approvals_decision` ON `approvals` (`decision_id`);--> statement-breakpoint
CREATE TABLE `decision_askers` (
	`decision_id` text NOT NULL,
	`key_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	PRIMARY KEY(`decision_id`, `key_id`)
);
--> statement-breakpoint
CREATE TABLE `catalog_current` (
	`slot` integer PRIMARY KEY NOT NULL,
	`version` text NOT NULL,
	`changed_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `catalog_models` (
	`version` text NOT NULL,
	`id` text NOT NULL,
	`effort` text NOT NULL,
	`position` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`version`, `id`, `effort`)
);
--> statement-breakpoint
CREATE TABLE `catalog_refreshes` (
	`id` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`outcome` text NOT NULL,
	`version` text,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `catalog_snapshots` (
	`version` text PRIMARY KEY NOT NULL,
	`generated_at` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`row_count` integer NOT NULL,
	`priors` text NOT NULL,
	`attribution` text NOT NULL,
	`report` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `decision_locks` (
	`lock_key` text PRIMARY KEY NOT NULL,
	`decision_id` text NOT NULL,
	`expires_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `decision_locks_decision` ON `decision_locks` (`decision_id`);--> statement-breakpoint
CREATE TABLE `decisions` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`task_id` text,
	`input_digest` text NOT NULL,
	`prompt_text` text,
	`core` text NOT NULL,
	`classification` text NOT NULL,
	`receipt` text NOT NULL,
	`model_id` text NOT NULL,
	`complexity` text NOT NULL,
	`task_type` text NOT NULL,
	`risk` text NOT NULL,
	`policy_version` integer NOT NULL,
	`catalog_version` text NOT NULL,
	`model_sha256` text NOT NULL,
	`requested_by` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`attempt` integer NOT NULL,
	`state` text NOT NULL,
	`closed_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `decisions_newest` ON `decisions` (`tenant_id`,`created_at_ms`,`id`);--> statement-breakpoint
CREATE TABLE `outcomes` (
	`id` text PRIMARY KEY NOT NULL,
	`decision_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`model_id` text NOT NULL,
	`effort` text NOT NULL,
	`task_type` text NOT NULL,
	`result` text NOT NULL,
	`y` integer,
	`rating` integer,
	`cost_micro_usd` integer,
	`predicted_p` real NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outcomes_attempt` ON `outcomes` (`decision_id`,`attempt`);--> statement-breakpoint
CREATE INDEX `outcomes_newest` ON `outcomes` (`tenant_id`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `policies` (
	`tenant_id` text NOT NULL,
	`version` integer NOT NULL,
	`body` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `version`)
);
--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `steps` (
	`run_id` text NOT NULL,
	`step_id` text NOT NULL,
	`state` text NOT NULL,
	`fault_kind` text,
	`attempts` integer NOT NULL,
	`enqueued_at_ms` integer NOT NULL,
	`lease_token` text,
	`lease_expires_at_ms` integer,
	`settled_at_ms` integer,
	PRIMARY KEY(`run_id`, `step_id`)
);
--> statement-breakpoint
CREATE INDEX `steps_state` ON `steps` (`state`);--> statement-breakpoint
CREATE TABLE `verdicts` (
	`id` text PRIMARY KEY NOT NULL,
	`decision_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`accepted` integer NOT NULL,
	`source` text NOT NULL,
	`evidence_sha256` text,
	`evidence_bytes` integer NOT NULL,
	`model_id` text NOT NULL,
	`effort` text NOT NULL,
	`task_type` text NOT NULL,
	`predicted_p` real NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `verdicts_attempt` ON `verdicts` (`decision_id`,`attempt`);--> statement-breakpoint
CREATE INDEX `verdicts_newest` ON `verdicts` (`tenant_id`,`created_at_ms`);