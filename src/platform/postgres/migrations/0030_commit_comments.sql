-- Comments on commits, perhaps on a line of what the commit changes.

alter table notes alter column merge_request_id drop not null;
alter table notes add column commit_sha text;
alter table notes add column path text;
-- In the new file, of a removed line in the old one.
alter table notes add column line integer;
alter table notes add column line_type text check (line_type in ('new', 'old'));
-- GitLab's name of a line: SHA-1 of the path, the line's place in the old file and in the new one.
alter table notes add column line_code text;
alter table notes add check ((merge_request_id is null) = (commit_sha is not null));
alter table notes add check (path is null or commit_sha is not null);
alter table notes add check (
  (path is null) = (line is null) and (path is null) = (line_type is null) and (path is null) = (line_code is null)
);
create index notes_commit_idx on notes (project_id, commit_sha, id) where commit_sha is not null;
