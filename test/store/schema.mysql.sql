CREATE TABLE `carillon_changes` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `job_id` bigint(20) NOT NULL,
  `at` bigint(20) NOT NULL,
  `action` varchar(191) NOT NULL,
  `actor` longtext DEFAULT NULL,
  `version` int(11) NOT NULL,
  `detail` longtext DEFAULT NULL,
  `address` longtext DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `carillon_changes_job` (`job_id`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
CREATE TABLE `carillon_commits` (
  `id` char(36) NOT NULL,
  `committed_at` bigint(20) NOT NULL DEFAULT floor(unix_timestamp(current_timestamp(3)) * 1000),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `carillon_jobs` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `version` int(11) NOT NULL,
  `name` longtext NOT NULL,
  `target` varchar(191) NOT NULL,
  `definition` longtext NOT NULL,
  `state` varchar(191) NOT NULL,
  `pause_reason` longtext DEFAULT NULL,
  `paused_at` bigint(20) DEFAULT NULL,
  `next_run_at` bigint(20) DEFAULT NULL,
  `last_run_at` bigint(20) DEFAULT NULL,
  `last_outcome` varchar(191) DEFAULT NULL,
  `last_success_at` bigint(20) DEFAULT NULL,
  `consecutive_failures` int(11) NOT NULL DEFAULT 0,
  `created_at` bigint(20) NOT NULL,
  `updated_at` bigint(20) NOT NULL,
  `scheduled_runs` int(11) NOT NULL DEFAULT 0,
  `paused_until` bigint(20) DEFAULT NULL,
  `skip_next` int(11) NOT NULL DEFAULT 0,
  `priority` int(11) NOT NULL DEFAULT 0,
  `job_key` varchar(200) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `carillon_jobs_key` (`job_key`),
  KEY `carillon_jobs_state` (`state`,`id`),
  KEY `carillon_jobs_due` (`priority`,`next_run_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
CREATE TABLE `carillon_job_tags` (
  `tag` varchar(191) NOT NULL,
  `job_id` bigint(20) NOT NULL,
  PRIMARY KEY (`tag`,`job_id`),
  KEY `carillon_job_tags_job` (`job_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
CREATE TABLE `carillon_job_versions` (
  `job_id` bigint(20) NOT NULL,
  `version` int(11) NOT NULL,
  `definition` longtext NOT NULL,
  `replaced_at` bigint(20) NOT NULL,
  PRIMARY KEY (`job_id`,`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
CREATE TABLE `carillon_keys` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` longtext NOT NULL,
  `scopes` varchar(191) NOT NULL,
  `digest` char(64) NOT NULL,
  `created_at` bigint(20) NOT NULL,
  `created_by` longtext DEFAULT NULL,
  `expires_at` bigint(20) DEFAULT NULL,
  `last_used_at` bigint(20) DEFAULT NULL,
  `revoked_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE `carillon_replicas` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` longtext NOT NULL,
  `host` longtext NOT NULL,
  `pid` int(11) NOT NULL,
  `version` longtext NOT NULL,
  `started_at` bigint(20) NOT NULL,
  `expires_at` bigint(20) DEFAULT NULL,
  `stopped_at` bigint(20) DEFAULT NULL,
  `signals` int(11) NOT NULL DEFAULT 0,
  `slots` int(11) DEFAULT NULL,
  `passed_at` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `carillon_replicas_live` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
CREATE TABLE `carillon_requests` (
  `id` char(64) NOT NULL,
  `fingerprint` char(64) NOT NULL,
  `received_at` bigint(20) NOT NULL,
  `answer` longtext DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `carillon_requests_received` (`received_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE `carillon_runs` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `job_id` bigint(20) NOT NULL,
  `job_version` int(11) NOT NULL,
  `scheduled_for` bigint(20) NOT NULL,
  `seq` int(11) NOT NULL,
  `cause` varchar(191) NOT NULL,
  `state` varchar(191) NOT NULL,
  `reason` longtext DEFAULT NULL,
  `attempt` int(11) NOT NULL,
  `owner` bigint(20) DEFAULT NULL,
  `replica` bigint(20) DEFAULT NULL,
  `available_at` bigint(20) DEFAULT NULL,
  `active_key` bigint(20) DEFAULT NULL,
  `queue_key` bigint(20) DEFAULT NULL,
  `cancel_requested_at` bigint(20) DEFAULT NULL,
  `handler` longtext DEFAULT NULL,
  `params` longtext DEFAULT NULL,
  `range_to` bigint(20) DEFAULT NULL,
  `occurrences` int(11) NOT NULL,
  `queued_at` bigint(20) NOT NULL,
  `started_at` bigint(20) DEFAULT NULL,
  `finished_at` bigint(20) DEFAULT NULL,
  `result` longtext DEFAULT NULL,
  `error` longtext DEFAULT NULL,
  `attempts` longtext DEFAULT NULL,
  `delay_ms` bigint(20) NOT NULL DEFAULT 0,
  `priority` int(11) NOT NULL DEFAULT 0,
  `cancel_reason` longtext DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `carillon_runs_occurrence` (`job_id`,`scheduled_for`,`seq`),
  UNIQUE KEY `carillon_runs_active` (`active_key`),
  KEY `carillon_runs_queued` (`queue_key`,`id`),
  KEY `carillon_runs_owned` (`owner`,`job_id`),
  KEY `carillon_runs_available` (`priority`,`available_at`,`id`),
  KEY `carillon_runs_scheduled` (`scheduled_for`,`id`),
  KEY `carillon_runs_troubled` (`state`,`scheduled_for`,`id`),
  KEY `carillon_runs_caused` (`cause`,`scheduled_for`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
CREATE TABLE `carillon_run_counts` (
  `hour` bigint(20) NOT NULL,
  `replica` bigint(20) NOT NULL,
  `outcome` varchar(191) NOT NULL,
  `occurrences` bigint(20) NOT NULL,
  PRIMARY KEY (`hour`,`replica`,`outcome`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE `carillon_run_logs` (
  `run_id` bigint(20) NOT NULL,
  `attempt` int(11) NOT NULL,
  `last_line` int(11) NOT NULL,
  `lines` longtext NOT NULL,
  PRIMARY KEY (`run_id`,`attempt`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE `carillon_settings` (
  `name` varchar(191) NOT NULL,
  `value` longtext NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;
