-- A user (or the bot of a token) who is blocked or deleted: whose jobs are these, without a look at all of them.

create index jobs_user_idx on jobs (user_id);
create index deployments_user_idx on deployments (user_id);
create index deploy_tokens_creator_idx on deploy_tokens (creator_id);
