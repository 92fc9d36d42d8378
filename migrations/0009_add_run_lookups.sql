DROP INDEX `runs_tenant_state`;--> statement-breakpoint
CREATE INDEX `runs_tenant_state_time` ON `runs` (`tenant_id`,`state`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `idempotency_keys_expiry` ON `idempotency_keys` (`expires_at_ms`);