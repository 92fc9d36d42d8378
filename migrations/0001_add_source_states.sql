CREATE TABLE `source_states` (
	`source` text PRIMARY KEY NOT NULL,
	`release` text NOT NULL,
	`files` text NOT NULL,
	`good_at_ms` integer,
	`tried_at_ms` integer NOT NULL,
	`not_before_ms` integer,
	`fault_kind` text,
	`fault_detail` text
);
