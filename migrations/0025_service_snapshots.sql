-- What each shard of a workspace's service registry last said of itself: read by whoever looks services up, so that
-- discovery goes on while the registry is down. Rebuilt by the registry when it is dropped.

CREATE TABLE service_snapshot (
  workspace_id TEXT NOT NULL,
  shard INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  services TEXT NOT NULL,
  PRIMARY KEY (workspace_id, shard)
) STRICT;
