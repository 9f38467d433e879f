-- Single objects are found by what they are: an agent by its role and status, a project by its status. Each query reads
-- an index from where its page begins, so that it takes as long in a workspace with 10,000 agents as in one with ten.

-- Whether the agent's project has ended: its agents are idle and are given nothing.
ALTER TABLE agent ADD COLUMN project_ended INTEGER NOT NULL DEFAULT 0;

UPDATE agent SET project_ended = 1
WHERE project_id IN (SELECT id FROM project WHERE status IN ('completed', 'blocked', 'failed', 'cancelled'));

CREATE INDEX agent_by_role ON agent (workspace_id, role, project_ended, status, id);
CREATE INDEX agent_by_status ON agent (workspace_id, project_ended, status, id);
CREATE INDEX project_by_status ON project (workspace_id, status, id);
