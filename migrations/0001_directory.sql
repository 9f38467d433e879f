-- The directory: a read model that the objects feed and that can be dropped and built again from them.
-- `source_sequence` is the position in the log of the object that owns the row; a write with a lower one changes nothing.

CREATE TABLE workspace (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  source_sequence INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  source_sequence INTEGER NOT NULL
) STRICT;

CREATE INDEX api_key_by_workspace ON api_key (workspace_id);

CREATE TABLE project (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  format TEXT NOT NULL,
  status TEXT NOT NULL,
  stage TEXT NOT NULL,
  revision INTEGER NOT NULL,
  model TEXT NOT NULL,
  reason TEXT,
  tasks_done INTEGER NOT NULL,
  tasks_total INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  source_sequence INTEGER NOT NULL
) STRICT;

CREATE INDEX project_by_workspace ON project (workspace_id, id);
CREATE INDEX project_by_activity ON project (status, updated_at);

CREATE TABLE agent (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  task_id TEXT,
  tasks_done INTEGER NOT NULL,
  source_sequence INTEGER NOT NULL
) STRICT;

CREATE INDEX agent_by_project ON agent (workspace_id, project_id);

CREATE TABLE task (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  role TEXT NOT NULL,
  stage TEXT NOT NULL,
  status TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  agent_id TEXT,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  source_sequence INTEGER NOT NULL
) STRICT;

CREATE INDEX task_by_project ON task (workspace_id, project_id);

CREATE TABLE message (
  id TEXT NOT NULL PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  message_type TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  acknowledged_at INTEGER,
  source_sequence INTEGER NOT NULL
) STRICT;

CREATE INDEX message_by_project ON message (workspace_id, project_id);

CREATE TABLE deployment (
  project_id TEXT NOT NULL,
  slot TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  version TEXT NOT NULL,
  action TEXT NOT NULL,
  deployed_at INTEGER NOT NULL,
  source_sequence INTEGER NOT NULL,
  PRIMARY KEY (project_id, slot)
) STRICT;

CREATE INDEX deployment_by_workspace ON deployment (workspace_id);
