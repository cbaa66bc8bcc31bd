-- Built-in integrations: a hook of a project whose body is a message for people, written from the event when it is sent.

-- Null: an ordinary hook. Otherwise its slug (slack, microsoft-teams, …) and settings; nothing in it is secret.
alter table hooks add column integration jsonb;
-- One of each kind a project.
create unique index hooks_integration_key on hooks (project_id, (integration ->> 'slug')) where integration is not null;
