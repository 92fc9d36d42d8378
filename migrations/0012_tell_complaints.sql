ALTER TABLE `steps` ADD `complaint` text;--> statement-breakpoint
CREATE INDEX `decision_locks_expiry` ON `decision_locks` (`expires_at_ms`);--> statement-breakpoint
CREATE INDEX `judge_scores_old` ON `judge_scores` (`created_at_ms`);--> statement-breakpoint
CREATE INDEX `catalog_refreshes_at` ON `catalog_refreshes` (`at_ms`);