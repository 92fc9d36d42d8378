CREATE TABLE `attempt_events` (
	`id` text PRIMARY KEY NOT NULL,
	`decision_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`kind` text NOT NULL,
	`repository` text,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `attempt_events_kind` ON `attempt_events` (`decision_id`,`attempt`,`kind`);--> statement-breakpoint
CREATE INDEX `attempt_events_repository` ON `attempt_events` (`tenant_id`,`repository`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `judge_scores` (
	`run_id` text NOT NULL,
	`step_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`decision_id` text,
	`attempt` integer,
	`task_type` text NOT NULL,
	`author_model` text NOT NULL,
	`judge_model` text NOT NULL,
	`score` integer NOT NULL,
	`prior` real NOT NULL,
	`created_at_ms` integer NOT NULL,
	PRIMARY KEY(`run_id`, `step_id`)
);
--> statement-breakpoint
CREATE INDEX `judge_scores_cell` ON `judge_scores` (`tenant_id`,`task_type`,`author_model`,`judge_model`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `judge_scores_attempt` ON `judge_scores` (`decision_id`,`attempt`,`created_at_ms`);--> statement-breakpoint
ALTER TABLE `verdicts` ADD `cost_micro_usd` integer;--> statement-breakpoint
ALTER TABLE `verdicts` ADD `repository` text;--> statement-breakpoint
CREATE INDEX `verdicts_repository` ON `verdicts` (`tenant_id`,`repository`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `runs_decision` ON `runs` (`decision_id`,`created_at_ms`);