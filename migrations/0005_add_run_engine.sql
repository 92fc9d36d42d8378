CREATE TABLE `idempotency_keys` (
	`tenant_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`token` text NOT NULL,
	`status` integer,
	`body` text,
	`expires_at_ms` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `endpoint`, `key`)
);
--> statement-breakpoint
CREATE TABLE `provider_keys` (
	`tenant_id` text NOT NULL,
	`provider` text NOT NULL,
	`sealed` text NOT NULL,
	`last4` text NOT NULL,
	`saved_by` text NOT NULL,
	`saved_at_ms` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `provider`)
);
--> statement-breakpoint
CREATE TABLE `provider_states` (
	`tenant_id` text NOT NULL,
	`provider` text NOT NULL,
	`open_until_ms` integer,
	`reason` text,
	`limited_at_ms` integer,
	`limited_count` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `provider`)
);
--> statement-breakpoint
CREATE TABLE `budgets` (
	`scope` text PRIMARY KEY NOT NULL,
	`cap_micro_usd` integer NOT NULL,
	`spent_micro_usd` integer DEFAULT 0 NOT NULL,
	`reserved_micro_usd` integer DEFAULT 0 NOT NULL,
	`overrun_micro_usd` integer DEFAULT 0 NOT NULL,
	`frozen` integer DEFAULT false NOT NULL,
	CONSTRAINT "budgets_hold" CHECK("budgets"."spent_micro_usd" + "budgets"."reserved_micro_usd" <= "budgets"."cap_micro_usd"),
	CONSTRAINT "budgets_not_negative" CHECK("budgets"."spent_micro_usd" >= 0 and "budgets"."reserved_micro_usd" >= 0 and "budgets"."overrun_micro_usd" >= 0)
);
--> statement-breakpoint
CREATE TABLE `calls` (
	`call_id` text PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`step_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`lease_token` text NOT NULL,
	`pick` integer NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`effort` text NOT NULL,
	`state` text NOT NULL,
	`failure` text,
	`key_scope` text,
	`day_scope` text,
	`reserved_micro_usd` integer NOT NULL,
	`settled_micro_usd` integer DEFAULT 0 NOT NULL,
	`overrun_micro_usd` integer DEFAULT 0 NOT NULL,
	`prompt_tokens` integer,
	`cached_prompt_tokens` integer,
	`completion_tokens` integer,
	`started_at_ms` integer NOT NULL,
	`ended_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `calls_step` ON `calls` (`run_id`,`step_id`);--> statement-breakpoint
CREATE INDEX `calls_state` ON `calls` (`state`,`started_at_ms`);--> statement-breakpoint
CREATE TABLE `run_events` (
	`run_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`kind` text NOT NULL,
	`step_id` text,
	`data` text NOT NULL,
	PRIMARY KEY(`run_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `run_texts` (
	`run_id` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `runs` ADD `version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `key_id` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `decision_id` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `task_id` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `task_sha256` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `task_bytes` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `plan` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `settings` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `models` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `requires_approval` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `approval_id` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `approved_by` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `day_cap_micro_usd` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `has_key_cap` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `started_at_ms` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `ended_at_ms` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `deadline_at_ms` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `wait_until_ms` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `erase_texts_at_ms` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `erase_results_at_ms` integer;--> statement-breakpoint
ALTER TABLE `runs` ADD `erased_at_ms` integer;--> statement-breakpoint
CREATE INDEX `runs_tenant` ON `runs` (`tenant_id`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `runs_tenant_state` ON `runs` (`tenant_id`,`state`);--> statement-breakpoint
CREATE INDEX `runs_state` ON `runs` (`state`,`deadline_at_ms`);--> statement-breakpoint
CREATE INDEX `runs_wait` ON `runs` (`wait_until_ms`);--> statement-breakpoint
CREATE INDEX `runs_erase_texts` ON `runs` (`erase_texts_at_ms`);--> statement-breakpoint
CREATE INDEX `runs_erase_results` ON `runs` (`erase_results_at_ms`);--> statement-breakpoint
ALTER TABLE `steps` ADD `last_error` text;--> statement-breakpoint
ALTER TABLE `steps` ADD `tenant_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `steps` ADD `kind` text DEFAULT 'probe' NOT NULL;--> statement-breakpoint
ALTER TABLE `steps` ADD `position` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `steps` ADD `skipped` text;--> statement-breakpoint
ALTER TABLE `steps` ADD `escalate` integer;--> statement-breakpoint
ALTER TABLE `steps` ADD `whole` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `steps` ADD `not_before_ms` integer;--> statement-breakpoint
ALTER TABLE `steps` ADD `started_at_ms` integer;--> statement-breakpoint
ALTER TABLE `steps` ADD `finding` text;--> statement-breakpoint
ALTER TABLE `steps` ADD `output_key` text;--> statement-breakpoint
ALTER TABLE `steps` ADD `output_bytes` integer;--> statement-breakpoint
CREATE INDEX `steps_tenant` ON `steps` (`tenant_id`,`state`);